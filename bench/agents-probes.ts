/** The figures of two agents side by side, each run in a process of its own. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { median } from "./median.ts";
import { verdictOf, type RowResult } from "./report.ts";

const run = promisify(execFile);

interface AgentsFound {
  readonly transferNs: readonly number[];
  readonly postNs: readonly number[];
  readonly barrierUs: number;
  readonly freeNs: number;
  /** Time of an agent's allocations with another one at it, by that alone. */
  readonly second: readonly number[];
}

/** Rows for `npm run bench -- agents`. */
export async function agentRows(folder: string, { rounds, items }: { readonly rounds: number; readonly items: number }): Promise<readonly RowResult[]> {
  const found: AgentsFound[] = [];
  for (let round = 0; round < rounds; round += 1) found.push(JSON.parse((await run(process.execPath, [join(folder, "bench/probes/agents.mjs"), String(items)])).stdout) as AgentsFound);
  const absolute = (name: string, values: readonly number[], unit: string, limit: number): RowResult => {
    const value = median(values);
    return { name, value, ours: `${value.toFixed(1)} ${unit}`, baseline: "", result: "", goal: `<= ${limit} ${unit}`, verdict: verdictOf(value <= limit), rounds: { [unit]: values } };
  };
  const transfer = found.map(({ transferNs }) => median(transferNs));
  const post = found.map(({ postNs }) => median(postNs));
  const ratio = median(post.map((ns, i) => ns / (transfer[i] ?? NaN)));
  const second = found.map((each) => median(each.second));
  return [
    absolute("TransferHandle, make + send + receive + release, pipeline of 1,000", transfer, "ns", 300),
    { name: "the same by postMessage", value: ratio, ours: `${median(transfer).toFixed(1)} ns`, baseline: `postMessage ${median(post).toFixed(1)} ns`, result: `${ratio.toFixed(1)}x faster`, goal: ">= 30x faster", verdict: verdictOf(ratio >= 30), rounds: { ours: transfer, postMessage: post } },
    absolute("a generation of a barrier, 2 agents", found.map(({ barrierUs }) => barrierUs), "us", 5),
    absolute("a free of another agent's memory, on the freeing side", found.map(({ freeNs }) => freeNs), "ns", 60),
    { name: "allocating beside an agent that allocates at full speed", value: median(second), ours: `${median(second).toFixed(2)}x`, baseline: "alone", result: `${median(second).toFixed(2)}x`, goal: "<= 1.05x", verdict: verdictOf(median(second) <= 1.05), rounds: { ratio: second } },
  ];
}
