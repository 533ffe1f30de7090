import type { ControlReport, Severity } from "@redoubt/control";
import type { ClusterSnapshot } from "@redoubt/kube";
import { type Component, type ComponentName, componentsOf } from "../model/component.ts";
import { gapOf, looksAtCluster } from "../model/evidence.ts";

/** One flag that must have, or must not have, a value. */
export interface FlagRule {
  readonly flag: string;
  /** Given the flag's value (undefined where it is not set): what is wrong with it, or undefined. */
  readonly wrong: (value: string | undefined, component: Component) => string | undefined;
  readonly severity?: Severity;
}

/** Judges every instance of a component; where there is none to judge but a cluster was looked at, what it does is unknown. */
export function judgeComponent(
  snapshot: ClusterSnapshot,
  name: ComponentName,
  rules: readonly FlagRule[],
  report: ControlReport,
): void {
  const components = componentsOf(snapshot, name);
  for (const component of components) reportFlags(component, rules, report);
  if (components.length === 0 && looksAtCluster(snapshot)) reportNoFlags(snapshot, name, report);
}

/** Says that nobody knows how a component is started, and what would tell. */
export function reportNoFlags(snapshot: ClusterSnapshot, name: ComponentName, report: ControlReport): void {
  const gap = gapOf(snapshot, "flags", name);
  const why = gap === undefined ? "" : ` (/flagz: ${gap.message})`;
  const also = gap === undefined ? "" : `${gap.needs}; or `;
  report.unknown(undefined, {
    message: `how ${name} is started is not known: no manifest, mirror pod, /flagz or command line shows its flags${why}`,
    needs: `${also}its static pod manifest or the kubeadm ClusterConfiguration, or redoubt scan --node on the node that runs it`,
  });
}

/** Judges one component by rules about single flags: a failure for each that is wrong, a pass when none is. */
export function reportFlags(component: Component, rules: readonly FlagRule[], report: ControlReport): void {
  let failed = false;
  for (const rule of rules) {
    const flag = component.flags.get(rule.flag);
    const message = rule.wrong(flag?.value, component);
    if (message === undefined) continue;
    failed = true;
    report.fail(component.object, {
      message: `${component.name}${component.source === "" ? "" : ` (${component.source})`}: ${message}`,
      path: flag?.path ?? component.path,
      ...(rule.severity === undefined ? {} : { severity: rule.severity }),
    });
  }
  if (!failed) report.pass(component.object);
}

/** `--flag is not set and defaults to VALUE`, or `--flag=VALUE`. */
export function flagAsGiven(flag: string, value: string | undefined, otherwise: string): string {
  return value === undefined ? `--${flag} is not set and defaults to ${otherwise}` : `--${flag}=${value}`;
}
