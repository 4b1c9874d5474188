let held = null;

exports.hold = function hold(tank) {
  held = tank;
};

exports.level = () => (held === null ? 0 : held.value);
