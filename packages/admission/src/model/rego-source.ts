import type { ClusterSnapshot, Path, Resource } from "@redoubt/kube";
import { type RegoModule, readRegoModule } from "../engine/rego-module.ts";
import { regoOf } from "./gatekeeper.ts";

/** Rego wherever it was found: a file, or a Gatekeeper template. */
export interface RegoSource {
  readonly resource: Resource;
  readonly module: RegoModule;
  readonly host: "file" | "gatekeeper";
  readonly version: "v0" | "v1";
  /** The place of a line: of the line itself in a file, of the whole text in a template. */
  readonly pathOf: (line: number) => Path;
  /** What messages say for a line that the path does not show. */
  readonly at: (line: number) => string;
}

export function regoSourcesOf(snapshot: ClusterSnapshot): readonly RegoSource[] {
  const files = snapshot.artifactsOf("rego").map((resource): RegoSource => ({
    resource,
    module: readRegoModule(resource.text),
    host: "file",
    version: "v1",
    pathOf: (line) => ["line", line],
    at: () => "",
  }));
  const templates = snapshot.listUntyped("templates.gatekeeper.sh", "ConstraintTemplate").flatMap((resource) =>
    regoOf(resource).map(({ text, path, version }): RegoSource => ({
      resource,
      module: readRegoModule(text),
      host: "gatekeeper",
      version,
      pathOf: () => path,
      at: (line) => `line ${line} of the Rego: `,
    })),
  );
  return [...files, ...templates];
}

/** Tests (`test_` rules, `_test` packages and files) are no policies. */
export function isRegoTest({ resource, module }: RegoSource): boolean {
  return module.package.endsWith("_test") || (resource.type === "artifact" && resource.name.endsWith("_test.rego"));
}
