import type { Suite } from "../suite.ts";

/** Every suite by name, loaded when it is asked for. To add one, write `suites/NAME.ts` and name it here. */
export const SUITES: ReadonlyMap<string, () => Promise<Suite>> = new Map([
  ["gatekeeper", async (): Promise<Suite> => (await import("./gatekeeper.ts")).gatekeeper],
  ["rbac", async (): Promise<Suite> => (await import("./rbac.ts")).rbac],
  ["rego", async (): Promise<Suite> => (await import("./rego.ts")).rego],
  ["rego-compile", async (): Promise<Suite> => (await import("./rego-compile.ts")).regoCompile],
  ["rego-fmt", async (): Promise<Suite> => (await import("./rego-fmt.ts")).regoFmt],
  ["pod-security", async (): Promise<Suite> => (await import("./pod-security.ts")).podSecurity],
]);
