import type { ControlReport } from "@redoubt/control";
import type { KubeObject, Path } from "@redoubt/kube";
import type { Maintenance } from "../model/end-of-life.ts";

/** Something with a version, and the field that says it. */
export interface Versioned {
  readonly object: KubeObject<object>;
  readonly path: Path;
  /** `kubelet v1.30.2`: what the sentence is about. */
  readonly what: string;
}

/** Fails what no longer gets security fixes, passes what does by a table that is recent enough, and says so otherwise. */
export function reportMaintenance({ object, path, what }: Versioned, found: Maintenance, report: ControlReport): void {
  switch (found.kind) {
    case "ended":
      report.fail(object, {
        message: `${what} gets no security fixes since ${found.end} (by ${found.table})`,
        path,
      });
      return;
    case "maintained":
      report.pass(object);
      return;
    case "unknown":
      report.unknown(object, {
        message: `whether ${what} still gets security fixes is not known: ${found.reason}`,
        needs: found.needs ?? "a newer version of Redoubt with a newer table, or a live cluster, which tells the time",
        path,
      });
  }
}
