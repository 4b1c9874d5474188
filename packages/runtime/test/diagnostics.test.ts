/** Diagnostics: their form, who hears them, when they throw. reported-codes.test.ts has what the allocator reports. */
import { CollectingSink, DiagContext, diagnostic, emit, faAssert, f32, FrameAllocError, installSink, setStrictMode, SmartAlloc, StrictModeGuard, strictMode, struct, textOf, type Diagnostic } from "@framealloc/runtime";
import * as entry from "@framealloc/runtime/diagnostics";
import { afterEach, describe, expect, test, vi } from "vitest";
import { runtimeCodes, textOfCode, type RuntimeCode } from "../src/diagnostics/runtime-codes.ts";
import { errorOf } from "./error-of.ts";

const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });
const small = { frameArenaSize: 1024, slabSizeClasses: [16, 64], slabPageSize: 1024, slabPagesPerClass: 1, heapSize: 4096, debug: false } as const;

const undo: (() => void)[] = [];
function collect(): CollectingSink {
  const sink = new CollectingSink();
  undo.push(installSink(sink));
  return sink;
}
afterEach(() => {
  for (const done of undo.splice(0)) done();
  setStrictMode("warn");
  vi.restoreAllMocks();
});

describe("what is said", () => {
  test("the form in text: code, severity, what, notes, help", () => {
    expect(textOf({ severity: "error", code: "FA001", message: "a thing", note: "here", help: "do that" })).toBe("[framealloc][FA001] error: a thing\n  note: here\n  help: do that");
    expect(textOf({ severity: "hint", code: "FA510", message: "a thing" })).toBe("[framealloc][FA510] hint: a thing");
  });

  test("`emit` gives the words of the code, a string is the note, and each part can be replaced", () => {
    const sink = collect();
    emit("FA001", "in a callback");
    emit("FA102", { message: "the scene is paused", help: "resume it", location: "at draw (game.ts:3:1)" });
    expect(sink.diagnostics.map(textOf)).toEqual([
      `[framealloc][FA001] error: ${textOfCode("FA001")?.[1]}\n  note: in a callback\n  help: ${textOfCode("FA001")?.[2]}`,
      "[framealloc][FA102] warning: the scene is paused\n  note: at draw (game.ts:3:1)\n  help: resume it",
    ]);
    expect(sink.hasErrors()).toBe(true);
    sink.clear();
    expect([sink.diagnostics, sink.hasErrors()]).toEqual([[], false]);
  });

  test("`diagnostic` takes any code; the severity is that of the catalogue, or an error", () => {
    const sink = collect();
    expect(diagnostic({ code: "FA301", message: "nearly full" }).severity).toBe("warning");
    diagnostic({ code: "GAME7", message: "no such level", note: "3" });
    diagnostic({ code: "GAME8", message: "slow", severity: "hint" });
    expect(sink.diagnostics.map(({ code, severity }) => [code, severity])).toEqual([["FA301", "warning"], ["GAME7", "error"], ["GAME8", "hint"]]);
    errorOf("argument", () => diagnostic({ code: "", message: "x" }));
    errorOf("argument", () => diagnostic({ code: "FA001", message: "" }));
    errorOf("argument", () => emit("GAME7" as RuntimeCode));
    errorOf("argument", () => emit("toString" as RuntimeCode));
    expect(sink.diagnostics).toHaveLength(3);
  });

  test("`faAssert` says something only when the condition does not hold", () => {
    const sink = collect();
    expect([faAssert(true, "FA001"), faAssert(0, "FA003", "no room")]).toEqual([true, false]);
    expect(sink.diagnostics.map(({ code, note }) => [code, note])).toEqual([["FA003", "no room"]]);
  });

  test("messages are lower case and end without a full stop", () => {
    for (const code of runtimeCodes()) for (const text of (textOfCode(code) ?? []).slice(1)) expect(text).toMatch(/^[a-z`].*[^.]$/);
  });
});

describe("who hears it", () => {
  test("the console, by severity, when nobody is there", () => {
    const calls: [string, unknown][] = [];
    for (const name of ["error", "warn", "info"] as const) vi.spyOn(console, name).mockImplementation((text: unknown) => { calls.push([name, text]); });
    const said: Diagnostic[] = [emit("FA001"), emit("FA301"), emit("FA510")];
    expect(calls).toEqual([["error", textOf(said[0] as Diagnostic)], ["warn", textOf(said[1] as Diagnostic)], ["info", textOf(said[2] as Diagnostic)]]);
  });

  test("all sinks that are installed, and then not the console; a function or an object", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const first = collect();
    const codes: string[] = [];
    const end = installSink(({ code }) => { codes.push(code); });
    emit("FA301");
    end();
    end();
    emit("FA302");
    expect([first.diagnostics.map(({ code }) => code), codes, warn.mock.calls]).toEqual([["FA301", "FA302"], ["FA301"], []]);
    errorOf("argument", () => installSink({} as () => void));
  });
});

describe("strict mode", () => {
  const throwing = (): RuntimeCode[] => (["FA001", "FA301", "FA510"] as const).filter((code) => {
    try {
      emit(code);
      return false;
    } catch (error) {
      if (!(error instanceof FrameAllocError) || error.code !== code) throw error;
      return true;
    }
  });

  test.each([["warn", []], ["error", ["FA001"]], ["warning", ["FA001", "FA301"]]] as const)("%s: an error, a warning and a hint throw: %j", (mode, expected) => {
    const sink = collect();
    setStrictMode(mode);
    expect(throwing()).toEqual(expected);
    // Said first, whether it throws or not.
    expect(sink.diagnostics).toHaveLength(3);
  });

  test("what is thrown has the text and the parts of the diagnostic", () => {
    collect();
    setStrictMode("warning");
    const thrown = (): unknown => { try { return emit("FA301", "the note"); } catch (error) { return error; } };
    expect(thrown()).toMatchObject({ code: "FA301", reason: textOfCode("FA301")?.[1], help: textOfCode("FA301")?.[2], message: `[framealloc][FA301] warning: ${textOfCode("FA301")?.[1]}\n  note: the note\n  help: ${textOfCode("FA301")?.[2]}` });
  });

  test("a guard restores the mode before it, also nested and when disposed twice", () => {
    setStrictMode("warning");
    {
      using outer = new StrictModeGuard("error");
      {
        using _inner = new StrictModeGuard("warn");
        expect(strictMode()).toBe("warn");
      }
      expect(strictMode()).toBe("error");
      outer[Symbol.dispose]();
      setStrictMode("warn");
    }
    expect(strictMode()).toBe("warn");
    errorOf("argument", () => setStrictMode("panic" as "warn"));
    errorOf("argument", () => new StrictModeGuard("panic" as "warn"));
    expect(strictMode()).toBe("warn");
  });

  test.each([["error", "error"], ["warning", "warning"], ["warn", "warn"], [" Error ", "error"], ["", "warn"], [undefined, "warn"]])("FRAMEALLOC_STRICT=%s of the environment is %s until another is set", async (value, expected) => {
    vi.resetModules();
    vi.stubEnv("FRAMEALLOC_STRICT", value);
    const fresh = await import("../src/diagnostics/strict-mode.ts");
    expect(fresh.strictMode()).toBe(expected);
    expect(fresh.setStrictMode("error")).toBe(expected);
    expect(fresh.strictMode()).toBe("error");
    vi.unstubAllEnvs();
  });

  test("a value of the environment that is none is told once", async () => {
    vi.resetModules();
    vi.stubEnv("FRAMEALLOC_STRICT", "yes");
    const fresh = await import("../src/diagnostics/strict-mode.ts");
    expect(() => fresh.strictMode()).toThrow('`FRAMEALLOC_STRICT` is "yes"');
    expect(fresh.strictMode()).toBe("warn");
    vi.unstubAllEnvs();
  });

  test("a warning of the allocator throws too, and nothing is half done", () => {
    const sink = collect();
    const alloc = new SmartAlloc({ ...small, threadBudget: { frameBudget: 64, poolBudget: 16, frameExceededPolicy: "warn", poolExceededPolicy: "warn" } });
    const fill = (): void => {
      alloc.beginFrame();
      for (let i = 0; i < 8; i += 1) alloc.frameAlloc(Vec3);
      alloc.endFrame();
    };
    fill();
    expect(sink.diagnostics.map(textOf)).toEqual([expect.stringMatching(/^\[framealloc\]\[FA303\] warning: this agent's frame budget is used up: .*\n {2}help: /)]);
    using _strict = new StrictModeGuard("warning");
    expect(fill).toThrow("[framealloc][FA303] warning: ");
    expect([alloc.inFrame(), alloc.frameNumber(), alloc.frameUsage()]).toEqual([false, 2, 0]);
    alloc.poolAlloc(Vec3);
    const before = alloc.leakReport().totalCount;
    expect(() => alloc.poolAlloc(Vec3)).toThrow("[framealloc][FA303] warning: ");
    expect(alloc.leakReport().totalCount).toBe(before);
  });
});

describe("context", () => {
  test("is that of the allocator given, or of the one made last", () => {
    const first = new SmartAlloc(small);
    const second = new SmartAlloc(small);
    second.beginFrame();
    second.withTag("ai", () => {
      second.withTag("search", () => {
        expect(DiagContext.capture()).toMatchObject({ frameActive: true, frameNumber: 1, tagPath: "ai::search", agentId: 0, isMainThread: expect.any(Boolean) as boolean });
        expect(String(DiagContext.capture())).toMatch(/^frame 1 open, (?:main thread|worker), agent 0(?: ".*")?, tag "ai::search"$/);
      });
    });
    second.endFrame();
    expect(DiagContext.capture(first)).toMatchObject({ frameActive: false, frameNumber: 0, tagPath: "" });
    expect([String(DiagContext.capture(first)).split(",")[0], String(DiagContext.capture()).split(",")[0]]).toEqual(["before the first frame", "after frame 1"]);
  });

  test("is a note of the text", () => {
    const context = DiagContext.capture(new SmartAlloc(small));
    expect(textOf({ severity: "warning", code: "FA102", message: "m", context })).toBe(`[framealloc][FA102] warning: m\n  note: ${String(context)}`);
  });
});

test("the entry of its own gives the same things", () => {
  expect(Object.keys(entry)).toEqual(expect.arrayContaining(["emit", "diagnostic", "faAssert", "DiagContext", "installSink", "CollectingSink", "setStrictMode", "StrictModeGuard"]));
  expect([entry.emit, entry.setStrictMode, entry.FrameAllocError]).toEqual([emit, setStrictMode, FrameAllocError]);
});
