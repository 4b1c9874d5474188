/** `fa init`, `fa config`, `fa doctor`, `fa completion`: the commands around a project. */
import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parse as parseToml } from "smol-toml";
import { CATALOGUE } from "@framealloc/rules";
import { describe, expect, test } from "vitest";
import { nodeHost } from "../src/host.ts";
import { buildProgram } from "../src/parse-args.ts";
import { fa } from "./command-in-memory.ts";
import { TEST_CATALOGUE } from "./test-rules.ts";

const ALL = { "src/a.ts": "boom();\n" };

describe("init", () => {
  test("writes what `fa` accepts and what changes nothing, with every setting in it", async () => {
    const { host, code } = await fa("init", ALL, { rules: CATALOGUE });
    expect(code).toBe(0);
    const text = host.files.get("/game/.fa.toml") ?? "";
    const plain = await fa("-f json", ALL);
    expect((await fa("-f json", { ...ALL, ".fa.toml": text }, { rules: TEST_CATALOGUE.map((rule) => ({ ...rule })) })).code).toBe(2);
    expect((await fa("-f json", { ...ALL, ".fa.toml": text }, { rules: CATALOGUE })).out).toBe((await fa("-f json", ALL, { rules: CATALOGUE })).out);
    expect(plain.code).toBe(1);
    for (const key of ["extends", "min_severity", "exclude", "deny_warnings", "runtime_packages", "disabled", "known_tags", "warn_unknown_tags", "module_tags", "hot_path_bytes", "loop_allocation_limit", "entries", "cold", "files", "levels", "max_iterations", "min_bytes"]) {
      expect(text, key).toMatch(new RegExp(`^(?:# )?${key} = `, "m"));
    }
    for (const { code: each } of CATALOGUE) expect(text).toContain(`# ${each} = "`);
  });

  test("adds a script, and keeps the form of the manifest", async () => {
    const { host, out } = await fa("init", { ...ALL, "package.json": '{\n\t"name": "game",\n\t"scripts": {\n\t\t"test": "vitest"\n\t}\n}\n' });
    expect(out).toContain("added the script `fa` to package.json\n");
    expect(host.files.get("/game/package.json")).toBe('{\n\t"name": "game",\n\t"scripts": {\n\t\t"test": "vitest",\n\t\t"fa": "fa --all"\n\t}\n}\n');
  });

  test.each(['{ "scripts": { "fa": "fa src" } }', "no JSON {", "[]", '{ "scripts": 1 }'])("leaves %s alone", async (manifest) => {
    const { host } = await fa("init", { ...ALL, "package.json": manifest });
    expect(host.files.get("/game/package.json")).toBe(manifest);
  });

  test("--ci writes the workflow into the repository, for its package manager", async () => {
    const files = { "/repo/.git/HEAD": "", "/repo/pnpm-lock.yaml": "", "/repo/web/a.ts": "calm();\n" };
    const options = { cwd: "/repo/web" };
    const github = (await fa("", files, { options: { ...options, args: ["init", "--ci", "github"] } })).host.files.get("/repo/.github/workflows/fa.yml") ?? "";
    for (const part of ["pnpm install --frozen-lockfile", "pnpm exec fa --all -f sarif=fa.sarif", 'working-directory: "web"', "sarif_file: web/fa.sarif"]) expect(github).toContain(part);
    expect((await fa("", files, { options: { ...options, args: ["init", "--ci", "gitlab"] } })).host.files.get("/repo/.gitlab-ci.yml")).toContain("junit: web/fa.xml");
    expect((await fa("", files, { options: { ...options, args: ["init", "--ci", "jenkins"] } })).host.files.get("/repo/Jenkinsfile")).toContain("dir('web')");
  });

  test("a system's own file that is there is left, and how to include ours is said", async () => {
    const { host, out } = await fa("init --ci gitlab", { ...ALL, ".gitlab-ci.yml": "mine" });
    expect(host.files.get("/game/.gitlab-ci.yml")).toBe("mine");
    expect(host.files.get("/game/fa.gitlab-ci.yml")).toContain("npx fa --all");
    expect(out).toContain("- local: fa.gitlab-ci.yml");
  });

  test("when something is in the way nothing is written at all", async () => {
    const { host, code } = await fa("init --ci github", { ...ALL, ".github/workflows/fa.yml": "mine" });
    expect(code).toBe(2);
    expect(host.files.has("/game/.fa.toml")).toBe(false);
    expect((await fa("init --ci github --force", { ...ALL, ".fa.toml": "x", ".github/workflows/fa.yml": "mine" })).host.files.get("/game/.github/workflows/fa.yml")).toContain("npx fa");
  });
});

describe("config", () => {
  const files = {
    ...ALL,
    ".fa.toml": '[global]\nextends = ["base.toml"]\nmin_severity = "error"\nexclude = ["dist"]\n[lints.levels]\nFA602 = "deny"\n',
    "base.toml": '[global]\nmin_severity = "hint"\nexclude = ["old"]\n[lints.levels]\nFA602 = "allow"\nFA510 = "warn"\n',
    "src/.fa.toml": '[lints.levels]\nFA510 = "allow"\n',
  };

  test("each value with its place; what another decides is marked, lists add up", async () => {
    const { out } = await fa("config", files);
    const row = (key: string, value: string, from: string): RegExp => new RegExp(`^${key.replaceAll(".", "\\.")} +${value.replace(/[[\]]/g, "\\$&")} +${from}$`, "m");
    expect(out).toMatch(row("global.min_severity", '"error"', "\\.fa\\.toml:3:1"));
    expect(out).toMatch(row("global.min_severity", '"hint"', "base\\.toml:2:1  \\(overridden\\)"));
    expect(out).toMatch(row("global.exclude", '["dist"]', "\\.fa\\.toml:4:1"));
    expect(out).toMatch(row("global.exclude", '["old"]', "base\\.toml:3:1"));
    expect(out).toMatch(row("lints.levels.FA602", '"allow"', "base\\.toml:5:1  \\(overridden\\)"));
    expect(out).toMatch(row("thresholds.hot_path_bytes", "16", "default"));
  });

  test("what holds for a file, with its folder's own", async () => {
    const { out } = await fa("config src/a.ts", files);
    expect(out).toContain("src/.fa.toml holds for files in src alone\n");
    expect(out).toMatch(/src\/a\.ts is analyzed\n {2}FA510 allow\n {2}FA602 deny\n$/);
    expect((await fa("config src/a.ts", { ...ALL, ".fa.toml": '[global]\nexclude = ["src"]\n[hot]\ncold = ["src/**"]' })).out).toContain("src/a.ts is excluded, never hot\n");
  });

  test("as JSON, and without a file", async () => {
    const { settings } = JSON.parse((await fa("config -f json", files)).out);
    expect(settings).toContainEqual({ key: "global.min_severity", value: "hint", from: "base.toml:2:1", overridden: true });
    expect((await fa("config --no-config", files)).out).toMatch(/^no configuration: everything is at its default\n/);
    expect((await fa("config", { ...ALL, ".fa.toml": "[lint]" })).code).toBe(2);
  });

  test("defaults are those that the analysis has", async () => {
    const { DEFAULT_SETTINGS } = await import("@framealloc/analysis");
    const { settings } = JSON.parse((await fa("config -f json", ALL)).out) as { settings: readonly { key: string; value: unknown }[] };
    const valueOf = (key: string): unknown => settings.find((each) => each.key === key)?.value;
    expect([valueOf("thresholds.hot_path_bytes"), valueOf("thresholds.loop_allocation_limit"), valueOf("global.runtime_packages")]).toEqual([DEFAULT_SETTINGS.hotPathBytes("a.ts"), DEFAULT_SETTINGS.loopAllocationLimit("a.ts"), DEFAULT_SETTINGS.runtimePackages]);
  });
});

describe("doctor", () => {
  test("says what is found, and what is skipped and why", async () => {
    const { out, code } = await fa("doctor", { ...ALL, ".gitignore": "gen\n", "gen/b.ts": "", "tsconfig.json": "{}", "node_modules/@framealloc/runtime/package.json": '{ "version": "0.1.0" }' });
    expect(code).toBe(0);
    for (const part of ["tsconfig.json names 1 file", "@framealloc/runtime 0.1.0", "1 file to analyze", "skipped gen: .gitignore", "skipped node_modules: node_modules"]) expect(out).toContain(part);
  });

  test("a fault in the way is a problem with its place, and the rest is still looked at", async () => {
    const { out, code } = await fa("doctor", { ...ALL, ".fa.toml": "[lint]", "tsconfig.json": "{" });
    expect(code).toBe(1);
    expect(out).toMatch(/problem configuration +unknown key `lint`\n +--> \.fa\.toml:1:2\n +.*did you mean `lints`\?\n/);
    expect(out).toMatch(/problem tsconfig +tsconfig `tsconfig\.json` is not JSON: close brace expected\n +--> tsconfig\.json:1:2\n/);
    expect(out).toContain("@framealloc/runtime is not installed");
    expect(JSON.parse((await fa("doctor -f json", { ...ALL, ".fa.toml": "[lint]" })).out).checks.find(({ what }: { what: string }) => what === "configuration").state).toBe("problem");
  });

  test("what a tsconfig extends and is not there", async () => {
    const { out, code } = await fa("doctor", { ...ALL, "tsconfig.json": '{ "extends": ["./near.json", "@tsconfig/node20/tsconfig.json"] }', "near.json": '{ "extends": "./far" }' });
    expect(code).toBe(0);
    expect(out).toMatch(/note +tsconfig +tsconfig\.json names 1 file\n +near\.json extends \.\/far, which is not there: .*\n +tsconfig\.json extends @tsconfig\/node20\/tsconfig\.json, which is not there: /);
  });

  test("headers of a server on this machine", async () => {
    const answer = async (headers: Readonly<Record<string, string>>): Promise<{ readonly out: string; readonly code: number }> => {
      const server = createServer((_request, response) => { response.writeHead(200, headers).end("x"); });
      await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
      try {
        const { headersOf } = nodeHost();
        return await fa(`doctor http://127.0.0.1:${(server.address() as AddressInfo).port}/`, ALL, { host: (host) => ({ ...host, headersOf }) });
      } finally {
        server.close();
      }
    };
    expect(await answer({ "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" })).toMatchObject({ code: 0, out: expect.stringContaining("is isolated: workers may share memory") });
    const open = await answer({ "Cross-Origin-Opener-Policy": "same-origin-allow-popups" });
    expect(open.code).toBe(1);
    expect(open.out).toContain("Cross-Origin-Opener-Policy: same-origin-allow-popups (must be same-origin)");
    expect(open.out).toContain("Cross-Origin-Embedder-Policy: not sent (must be require-corp or credentialless)");
  });

  test("a server elsewhere is not asked", async () => {
    let asked = 0;
    const host = <H extends object>(plain: H): H => ({ ...plain, headersOf: () => { asked += 1; return Promise.resolve({ ok: false, reason: "" }); } });
    for (const url of ["http://example.com", "http://127.0.0.1.example.com", "https://192.168.0.1", "file:///etc/passwd", "http://localhost@example.com"]) expect((await fa(`doctor ${url}`, ALL, { host })).code, url).toBe(2);
    expect(asked).toBe(0);
  });
});

describe("completion", () => {
  const script = async (shell: string): Promise<string> => (await fa(`completion ${shell}`, {})).out;

  /** What bash offers for the last word. */
  async function offered(...words: readonly string[]): Promise<readonly string[]> {
    const quoted = words.map((word) => `'${word}'`).join(" ");
    const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", `${await script("bash")}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _fa; printf '%s\\n' "\${COMPREPLY[@]}"`], { encoding: "utf8" });
    if (stderr !== "") throw new Error(stderr);
    return stdout.split("\n").filter((line) => line !== "");
  }

  test("bash: commands, flags, the words of a flag, codes; paths are left to the shell", async () => {
    expect(await offered("fa", "ex")).toEqual(["explain"]);
    expect(await offered("fa", "--sta")).toEqual(["--staged", "--stats"]);
    expect(await offered("fa", "--format", "s")).toEqual(["sarif"]);
    expect(await offered("fa", "explain", "-f", "m")).toEqual(["markdown"]);
    expect(await offered("fa", "explain", "FA6")).toEqual(["FA602"]);
    expect(await offered("fa", "--only", "FA60")).toEqual(["FA602"]);
    expect(await offered("fa", "completion", "f")).toEqual(["fish"]);
    expect(await offered("fa", "init", "--ci", "")).toEqual(["github", "gitlab", "jenkins"]);
    expect(await offered("fa", "show", "src/a")).toEqual([]);
    expect(await offered("fa", "--config", "x")).toEqual([]);
  });

  test.each(["bash", "zsh", "fish", "powershell"])("%s: every command and every flag is in it", async (shell) => {
    const text = await script(shell);
    const program = buildProgram("0.0.0", () => {});
    for (const command of program.commands) expect(text).toContain(command.name());
    for (const { long } of program.options) expect(text).toContain(shell === "fish" ? `-l ${long?.slice(2)}` : long);
  });

  describe.each([["bash", "-n"], ["zsh", "-n"], ["fish", "--no-execute"]])("%s", (shell, flag) => {
    test.skipIf(spawnSync(shell, ["--version"]).error !== undefined)("takes the script as it is", async () => {
      const { status, stderr } = spawnSync(shell, [flag], { input: await script(shell), encoding: "utf8" });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    });
  });
});

test("what TOML libraries read is what init writes", async () => {
  const { host } = await fa("init", ALL);
  expect(parseToml(host.files.get("/game/.fa.toml") ?? "")).toMatchObject({ global: { exclude: [], deny_warnings: false }, lints: { disabled: [], levels: {} } });
});
