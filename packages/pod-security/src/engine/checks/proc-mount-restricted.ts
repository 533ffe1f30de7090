import type { Check } from "../check.ts";
import { onlyDefaultProcMount } from "./proc-mount.ts";

/** `/proc` stays masked in every pod, with a user namespace or without. */
export const procMountRestricted: Check = {
  id: "procMount_restricted",
  level: "restricted",
  revisions: [{ since: 35, check: onlyDefaultProcMount, overrides: ["procMount"] }],
};
