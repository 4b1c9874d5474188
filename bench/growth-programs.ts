/** Programs of one shape in any length: what `fa` takes for one four times as long shows how it grows. */

const HEAD = `import { f32, SmartAlloc, struct } from "@framealloc/runtime";
const Vec = struct({ x: f32 });
export const alloc = new SmartAlloc();
`;

const FRAME = (index: number): string => `alloc.beginFrame(); const v${index} = alloc.frameAlloc(Vec); v${index}.x = ${index}; alloc.endFrame();`;

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join("\n");
}

function inFunction(head: string, body: string): string {
  return `${head} {\n${body}\n}\n`;
}

function inOneFile(text: string): ReadonlyMap<string, string> {
  return new Map([["main.ts", `${HEAD}${text}`]]);
}

/** Each function calls the one of the file before it. */
function chainOfFiles(count: number): ReadonlyMap<string, string> {
  const files = new Map([["f0.ts", `${HEAD}export function g0(): void { ${FRAME(0)} }\n`]]);
  for (let index = 1; index < count; index += 1) files.set(`f${index}.ts`, `import { g${index - 1} } from "./f${index - 1}.ts";\nexport function g${index}(): void { g${index - 1}(); }\n`);
  return files;
}

/** By what there is more and more of. */
export const GROWING: Readonly<Record<string, (count: number) => ReadonlyMap<string, string>>> = {
  "frames in a function": (count) => inOneFile(inFunction("export function run(): void", lines(count, FRAME))),
  "frames in a module": (count) => inOneFile(lines(count, FRAME)),
  "frame values in a frame": (count) => inOneFile(inFunction("export function run(): void", `alloc.beginFrame();\n${lines(count, (index) => `const v${index} = alloc.frameAlloc(Vec); v${index}.x = ${index};`)}\nalloc.endFrame();`)),
  "loops that are frames": (count) => inOneFile(inFunction("export function run(): void", lines(count, (index) => `for (let i = 0; i < 10; i++) { ${FRAME(index)} }`))),
  "waits in a function": (count) => inOneFile(inFunction("export async function run(next: () => Promise<void>): Promise<void>", lines(count, (index) => `${FRAME(index)} await next();`))),
  "pool values in a function": (count) => inOneFile(inFunction("export function run(): void", lines(count, (index) => `const b${index} = alloc.poolBox(Vec); b${index}.value.x = ${index}; b${index}.free();`))),
  "cases of a switch": (count) => inOneFile(inFunction("export function run(key: number): void", `alloc.beginFrame();\nswitch (key) {\n${lines(count, (index) => `case ${index}: alloc.frameAlloc(Vec).x = ${index}; break;`)}\n}\nalloc.endFrame();`)),
  "callbacks": (count) => inOneFile(`declare function test(name: string, body: () => void): void;\n${lines(count, (index) => `test("${index}", () => { ${FRAME(index)} });`)}`),
  "methods of a class": (count) => inOneFile(inFunction("export class Big", `sum = 0;\n${lines(count, (index) => `m${index}(): void { alloc.beginFrame(); this.sum += alloc.frameAlloc(Vec).x; alloc.endFrame(); }`)}`)),
  "functions that hand a value on": (count) => inOneFile(`${lines(count, (index) => `function f${index}(v: { x: number }): void { ${index + 1 < count ? `f${index + 1}(v);` : "v.x = 1;"} }`)}\nexport function run(): void { alloc.beginFrame(); f0(alloc.frameAlloc(Vec)); alloc.endFrame(); }`),
  "literals on a hot path": (count) => inOneFile(`${inFunction("function loop(): void", `${lines(count, (index) => `console.log({ x: ${index} });`)}\nrequestAnimationFrame(loop);`)}requestAnimationFrame(loop);`),
  "files that call one another": chainOfFiles,
};
