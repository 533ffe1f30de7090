import type { Control } from "@redoubt/control";
import { DRIFT_CATALOGUE, catalogue, findControl } from "@redoubt/posture";
import { suggest } from "../arguments/suggest.ts";
import { UsageError } from "../arguments/usage-error.ts";

/** Of `--drift`: they are in no catalogue, since they judge two inputs. Here they judge nothing. */
const driftControls: readonly Control[] = DRIFT_CATALOGUE.map((control) => ({ ...control, check: () => {} }));

/** The control of that id, in any case. Throws `CONTROL_UNKNOWN` with what may have been meant. */
export function lookUp(id: string): Control {
  const drift = driftControls.find((control) => control.id === id.trim().toUpperCase());
  if (drift !== undefined) return drift;
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
