const { SmartAlloc } = require("@framealloc/runtime");
const { hold } = require("./tanks.cjs");

const alloc = new SmartAlloc();

exports.fill = function fill(type) {
  alloc.beginFrame();
  hold(alloc.frameAlloc(type)); // want FA002
  alloc.endFrame();
};
