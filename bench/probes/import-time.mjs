/**
 * How long importing an entry of the runtime takes, in a process that has imported nothing of it: resolving, reading, compiling and running its modules.
 *
 *   node bench/probes/import-time.mjs @framealloc/runtime
 *
 * Writes { ms, names: how many the entry exports }.
 */
const startMs = performance.now();
const entry = await import(process.argv[2] ?? "");
const ms = performance.now() - startMs;
console.log(JSON.stringify({ ms, names: Object.keys(entry).length }));
