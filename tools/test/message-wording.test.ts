/** The wording of messages: what is wrong is named, and what is right is let be. */
import { expect, it } from "vitest";
import { faultsOfText } from "../message-wording.ts";

it.each([
  ["Frame value escapes", "begins with an upper case letter"],
  ["frame value escapes.", "ends with a full stop"],
  ["frame value  escapes", "has stray white space"],
  ["frame value `x escapes", "has an open backtick"],
  ["frame value of frameAlloc escapes", "names frameAlloc without backticks"],
  ["call release() first", "names release() without backticks"],
  ["stored in this.path", "names this.path without backticks"],
  ["frame value 'x' escapes", "quotes a name with quotation marks instead of backticks"],
  ["", "is empty"],
])("%j", (text, fault) => {
  expect(faultsOfText(text)).toContain(fault);
});

it.each([
  "frame value `path` outlives its frame through field `world.path`",
  "`Frame` is never ended",
  "16 bytes of garbage in each call of `update()`",
  "the callback that three.js calls every frame",
])("accepts %j", (text) => {
  expect(faultsOfText(text)).toEqual([]);
});
