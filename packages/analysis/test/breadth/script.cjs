#!/usr/bin/env node
var path = require("path"), { join, resolve: r = join } = require("path"), ext = require("path").extname;
if (path) { function blockFunction() { return arguments; } }
blockFunction();
exports.a = function () { return this; };
exports["b"] = 1;
module.exports.c = path;
module.exports = exports = { join, r, ext, d: require("./d") };
implicit = 010;
label: function labelled() {}
var yield = 1, let_ = yield, async = 2, of = async;
function f(a, a) { var arguments = 1; return arguments + a; }
try { throw 1; } catch (e) { var e = 2; }
var undefinedOne = undefined, x = function x() { x = 1; };
for (var i in {}) {}
delete path;
return;
