export * from "./arena.ts";
