/** Flags that say how a run goes: what stops it, which comments it hears, what it reads in place of a file. */
import { describe, expect, test } from "vitest";
import { fa } from "./command-in-memory.ts";
import { BOOM, CREAK, nameRule, TEST_CATALOGUE } from "./test-rules.ts";

const ALL = { "src/a.ts": "boom();\ncreak();\nsigh();\n", "src/b.ts": "boom();\n" };

describe("--fail-fast", () => {
  test("reports up to the first error, in the order of reports, and marks that it is not all", async () => {
    const files = { "a.ts": "creak();\nboom();\nboom();\n", "b.ts": "boom();\n" };
    const { findings, code, err } = await fa("--fail-fast -f compact", files, { rules: [CREAK, BOOM, nameRule("FA603", "sigh", "error")] });
    expect(findings).toEqual(["a.ts 1 Warning FA602", "a.ts 2 Error FA002"]);
    expect(code).toBe(1);
    expect(err).toBe("note: partial result: `--fail-fast` stopped at the first error; 1 rule did not run\n");
  });

  test("an error that is suppressed, allowed or in the baseline does not count", async () => {
    const { host } = await fa("--update-baseline", { "a.ts": "boom();\n" });
    const known = { "a.ts": "boom();\ncreak();\n", ".fa-baseline.json": host.files.get("/game/.fa-baseline.json") ?? "" };
    expect((await fa("--fail-fast --baseline -f compact", known)).findings).toEqual(["a.ts 2 Warning FA602"]);
    expect((await fa("--fail-fast -A FA002 -f compact", ALL)).findings).toEqual(["src/a.ts 2 Warning FA602", "src/a.ts 3 Info FA510"]);
    expect((await fa("--fail-fast -f compact", { "a.ts": "boom(); // fa-ignore-line FA002\ncreak();\n" })).findings).toEqual(["a.ts 2 Warning FA602"]);
  });

  test("a file that does not parse is an error too, and no rule runs", async () => {
    const { findings, err } = await fa("--fail-fast -f compact", { "a.ts": "const = 1;", "b.ts": "boom();\n" });
    expect(findings).toEqual(["a.ts 1 Error FA902"]);
    expect(err).toContain("3 rules did not run");
  });
});

describe("--max-duration", () => {
  /** A host whose clock goes on by a second whenever it is read. */
  const slow = { host: <H extends object>(host: H): H => {
    let nowMs = 0;
    return { ...host, nowMs: () => (nowMs += 1000) };
  } };

  test("stops with what was found, says so in every report, and is not clean", async () => {
    const found = new Set<number>();
    for (let seconds = 2; seconds < 60; seconds += 1) {
      const { code, out, err, host } = await fa(`--max-duration ${seconds} -f json -f sarif=a.sarif`, { "a.ts": "boom();\nsigh();\ncreak();\n" }, slow);
      const { partial, diagnostics } = JSON.parse(out);
      found.add(diagnostics.length);
      if (partial === undefined) break;
      expect(partial).toMatch(/^the time of `--max-duration` is over; [123] rules? did not run$/);
      const [{ invocations }] = JSON.parse(host.files.get("/game/a.sarif") ?? "").runs;
      expect(invocations[0]).toMatchObject({ executionSuccessful: false, toolExecutionNotifications: [{ message: { text: `partial result: ${partial}` } }] });
      expect(err).toBe(`note: partial result: ${partial}\n`);
      expect(code).toBe(diagnostics.length === 0 ? 2 : 1);
    }
    expect([...found].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
  });

  test("of a program that was not read to its end nothing is said, and the exit code is 2", async () => {
    const { code, out } = await fa("--max-duration 1", ALL, slow);
    expect(out).toContain("no findings in 2 files (partial result: the time of `--max-duration` is over; 3 rules did not run)\n");
    expect(code).toBe(2);
  });

  test("a run that is done in time is as any other", async () => {
    expect((await fa("--max-duration 3600 -f json", ALL)).out).toBe((await fa("-f json", ALL)).out);
  });
});

test("Ctrl-C ends with 130 and what was found so far", async () => {
  const { code, out } = await fa("-f json", { "a.ts": "boom();\nsigh();\ncreak();\n" }, {
    host: (host) => {
      let interrupt = (): void => {};
      let pauses = 0;
      let nowMs = 0;
      return {
        ...host,
        nowMs: () => (nowMs += 1000),
        onInterrupt: (listener) => { interrupt = listener; return () => {}; },
        pause: () => {
          pauses += 1;
          if (pauses === 6) interrupt();
          return Promise.resolve();
        },
      };
    },
  });
  expect(code).toBe(130);
  expect(JSON.parse(out).partial).toMatch(/^interrupted; /);
});

describe("suppression comments", () => {
  const ignored = { "a.ts": "boom(); // fa-ignore-line FA002\n" };

  test("--no-inline-config does not hear them", async () => {
    expect((await fa("--no-inline-config -f compact", ignored)).findings).toEqual(["a.ts 1 Error FA002"]);
    expect((await fa("--no-inline-config -f compact", { "a.ts": "calm(); // fa-ignore-line FA002\n" })).findings).toEqual([]);
  });

  test("--require-reason reports those without one", async () => {
    expect((await fa("--require-reason -f compact", ignored)).findings).toEqual(["a.ts 1 Warning FA900"]);
    expect((await fa("--require-reason -f compact", { "a.ts": "boom(); // fa-ignore-line FA002 -- measured\n" })).findings).toEqual([]);
  });

  test("--report-unused-suppressions makes those in vain fail the run, whatever the configuration says", async () => {
    const files = { "a.ts": "calm(); // fa-ignore-line FA002\n" };
    expect((await fa("", files)).code).toBe(0);
    expect((await fa("--report-unused-suppressions", files)).code).toBe(1);
    expect((await fa("--report-unused-suppressions", { ...files, ".fa.toml": '[lints.levels]\nFA900 = "allow"' })).code).toBe(1);
    expect((await fa("--report-unused-suppressions", ignored)).code).toBe(0);
  });
});

describe("--stdin", () => {
  async function stdin(line: string, files: Readonly<Record<string, string>>, input: string) {
    return fa("", files, { options: { args: line.split(" "), input, cwd: "/game" } });
  }

  test("the text stands for the file, and only what is in it is reported", async () => {
    const { findings, code } = await stdin("--stdin --stdin-filename src/a.ts -f compact", ALL, "calm();\nboom();\n");
    expect(findings).toEqual(["src/a.ts 2 Error FA002"]);
    expect(code).toBe(1);
  });

  test("the file need not be there, and needs no name", async () => {
    expect((await stdin("--stdin --stdin-filename new.ts -f compact", ALL, "boom();\n")).findings).toEqual(["new.ts 1 Error FA002"]);
    expect((await stdin("--stdin -f compact", { "README.md": "" }, "boom();\n")).findings).toEqual(["stdin.ts 1 Error FA002"]);
  });

  test("its frames are drawn from the text, not from the file", async () => {
    expect((await stdin("--stdin --stdin-filename src/a.ts", ALL, "\n\n  boom(1);\n")).out).toContain("3 |   boom(1);\n");
  });
});

test("--stats says what each phase took and each rule found, on standard error alone", async () => {
  const { out, err } = await fa("--stats -f json", ALL);
  expect(() => JSON.parse(out)).not.toThrow();
  expect(err).toMatch(/^phase\n {2}find files .*2 files\n {2}read files .*2 files\n[^]*rules\n/);
  for (const { code } of TEST_CATALOGUE) expect(err).toMatch(new RegExp(`^  ${code} .* ms  \\d findings?$`, "m"));
  expect(err).toMatch(/^ {2}FA002 .* ms {2}2 findings$/m);
});
