export * from "./attack-steps.ts";
export * from "./control.ts";
export * from "./evaluate.ts";
