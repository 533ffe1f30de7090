import type { Control } from "@redoubt/control";
import { DRIFT_CATALOGUE, catalogue, findControl } from "@redoubt/posture";
import { UNUSED_RIGHTS } from "@redoubt/rbac";
import { suggest } from "../arguments/suggest.ts";
import { UsageError } from "../arguments/usage-error.ts";

/** Of `--drift` and of `fix --audit-log`: they are in no catalogue, since they judge two inputs. Here they judge nothing. */
const uncatalogued: readonly Control[] = [...DRIFT_CATALOGUE, UNUSED_RIGHTS].map((control) => ({
  ...control,
  check: () => {},
}));

/** The control of that id, in any case. Throws `CONTROL_UNKNOWN` with what may have been meant. */
export function lookUp(id: string): Control {
  const special = uncatalogued.find((control) => control.id === id.trim().toUpperCase());
  if (special !== undefined) return special;
  const found = findControl(id);
  if (found.kind === "found") return found.control;
  const meant = suggest(
    id,
    catalogue.map((control) => control.id),
  );
  const near = catalogue.find((control) => control.id === meant) ?? found.suggestions[0];
  throw new UsageError(
    "CONTROL_UNKNOWN",
    `there is no control "${id}"; ${near === undefined ? "redoubt controls lists them" : `did you mean ${near.id} (${near.title})?`}`,
  );
}
