import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes of the heap that are alive, after a full collection. */
export function liveHeap(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("V8 has no collector to call");
  collect();
  // The first round may only make ready what the second frees.
  collect();
  return process.memoryUsage().heapUsed;
}
