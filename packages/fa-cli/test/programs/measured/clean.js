/** Writes over what is there. */
const state = { x: 0 };

export default function tick(_time, _delta, frame) {
  state.x = frame & 7;
}
