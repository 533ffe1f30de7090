import type { Control } from "@redoubt/control";
import { catalogue } from "@redoubt/posture";
import type { ParsedArguments } from "../arguments/parse.ts";
import { UsageError } from "../arguments/usage-error.ts";
import { control, layer, skipControl } from "../flags/selection.ts";
import { lookUp } from "./look-up.ts";

/** The controls that --control, --skip-control and --layer leave; undefined when none of them is given. Throws `UsageError`. */
export function selectedControls(args: ParsedArguments): readonly Control[] | undefined {
  const only = new Set(args.get(control).map(lookUp));
  const skipped = new Set(args.get(skipControl).map(lookUp));
  const layers = args.get(layer);
  if (only.size === 0 && skipped.size === 0 && layers.length === 0) return undefined;
  const chosen = catalogue.filter(
    (candidate) =>
      (only.size === 0 || only.has(candidate)) &&
      !skipped.has(candidate) &&
      (layers.length === 0 || layers.includes(candidate.layer)),
  );
  const uncatalogued = [...only].some((one) => !catalogue.includes(one));
  if (chosen.length === 0 && !uncatalogued) {
    throw new UsageError("USAGE_FLAG_CONFLICT", "--control, --skip-control and --layer together leave no control");
  }
  return chosen;
}

/** Whether --control and --skip-control leave a control that is in no catalogue. */
export function isSelected(args: ParsedArguments, id: string): boolean {
  const only = args.get(control).map((each) => lookUp(each).id);
  const skipped = args.get(skipControl).map((each) => lookUp(each).id);
  return (only.length === 0 || only.includes(id)) && !skipped.includes(id);
}
