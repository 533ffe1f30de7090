export * from "./control.ts";
export * from "./evaluate.ts";
