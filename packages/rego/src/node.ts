import { randomBytes } from "node:crypto";
import type { RegoHost } from "./builtins/host.ts";
import { nodeCrypto } from "./node-crypto.ts";

export { loadBundle, loadPaths, loadPolicies, loadSchemas, type PolicyPaths } from "./node/load-paths.ts";
export { type FoundFiles, type ReadOptions, readDataPaths, readWholeFile } from "./node/read-files.ts";
export { nodeCrypto } from "./node-crypto.ts";

/** What Node offers to builtins: cryptography, randomness and the local time zone. Network and runtime stay off. */
export const nodeHost: RegoHost = {
  crypto: nodeCrypto,
  randomBytes: (length) => randomBytes(length),
  localTimeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
};
