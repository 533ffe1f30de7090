import type { ControlReport, Severity } from "@redoubt/control";
import type { Component } from "../model/component.ts";

/** One flag that must have, or must not have, a value. */
export interface FlagRule {
  readonly flag: string;
  /** Given the flag's value (undefined where it is not set): what is wrong with it, or undefined. */
  readonly wrong: (value: string | undefined, component: Component) => string | undefined;
  readonly severity?: Severity;
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
      message: `${component.name}: ${message}`,
      path: flag?.path ?? component.path,
      ...(rule.severity === undefined ? {} : { severity: rule.severity }),
    });
  }
  if (!failed) report.pass(component.object);
}

/** As Go's strconv.ParseBool reads it; undefined for anything else. */
export function parseFlagBoolean(value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (["1", "t", "T", "true", "TRUE", "True"].includes(value)) return true;
  if (["0", "f", "F", "false", "FALSE", "False"].includes(value)) return false;
  return undefined;
}
