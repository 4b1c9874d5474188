with (module) { exports.e = function () { return id; }; if (id) exports = null; }
