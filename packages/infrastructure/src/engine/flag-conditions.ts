import { type Component, flagItems } from "../model/component.ts";
import { type FlagRule, flagAsGiven } from "./flag-rules.ts";
import { parseFlagBoolean } from "../model/flag-boolean.ts";

/** The flag must be given; `effect` says what happens without it. */
export function mustBeSet(flag: string, effect: string): FlagRule {
  return {
    flag,
    wrong: (value) => (value === undefined || value === "" ? `--${flag} is not set: ${effect}` : undefined),
  };
}

export function mustNotBeSet(flag: string, effect: string): FlagRule {
  return {
    flag,
    wrong: (value) => (value === undefined || value === "" ? undefined : `--${flag}=${value} ${effect}`),
  };
}

/** A boolean that must have one value; where the flag is not given its default counts. */
export function mustBe(wanted: boolean, flag: string, otherwise: boolean, effect: string): FlagRule {
  return {
    flag,
    wrong: (value) =>
      (value === undefined ? otherwise : parseFlagBoolean(value)) === wanted
        ? undefined
        : `${flagAsGiven(flag, value, String(otherwise))}: ${effect}`,
  };
}

/** A plugin that is off unless `--enable-admission-plugins` names it. */
export function mustEnablePlugin(plugin: string, effect: string): FlagRule {
  return {
    flag: "enable-admission-plugins",
    wrong: (_, component) =>
      flagItems(component, "enable-admission-plugins").includes(plugin)
        ? undefined
        : `${plugin} is not among --enable-admission-plugins: ${effect}`,
  };
}

/** A feature gate that is on by default must not be turned off. */
export function mustKeepGate(gate: string, effect: string): FlagRule {
  return {
    flag: "feature-gates",
    wrong: (_, component) =>
      gateOf(component, gate) === false ? `--feature-gates has ${gate}=false: ${effect}` : undefined,
  };
}

function gateOf(component: Component, gate: string): boolean | undefined {
  const given = flagItems(component, "feature-gates").find((item) => item.startsWith(`${gate}=`));
  return parseFlagBoolean(given?.slice(gate.length + 1));
}
