import { type LevelVersion, type Parsed, compareLevels, parseLevel, parseVersion } from "./level-version.ts";
import { quote } from "./message-text.ts";

export const LABEL_PREFIX = "pod-security.kubernetes.io/";

export const MODES = ["enforce", "audit", "warn"] as const;
export type Mode = (typeof MODES)[number];

/** The level and version that each mode of a namespace asks for. */
export type NamespacePolicy = Readonly<Record<Mode, LevelVersion>>;

/** A label whose value the API server refuses, in its own words. */
export interface LabelError {
  /** `pod-security.kubernetes.io/enforce` and so on. */
  readonly label: string;
  readonly value: string;
  /** `must be one of privileged, baseline, restricted`. */
  readonly detail: string;
  /** `metadata.labels[...]: Invalid value: "...": must be ...`. */
  readonly message: string;
}

export interface PolicyOfNamespace {
  /** Valid even when there are errors: a bad enforce level counts as restricted, bad audit and warn levels as privileged, bad versions as latest. */
  readonly policy: NamespacePolicy;
  readonly errors: readonly LabelError[];
}

const PRIVILEGED: LevelVersion = { level: "privileged", version: "latest" };

/** What applies in a namespace without labels unless the API server was configured otherwise. */
export const DEFAULT_POLICY: NamespacePolicy = { enforce: PRIVILEGED, audit: PRIVILEGED, warn: PRIVILEGED };

/**
 * Reads the `pod-security.kubernetes.io` labels of a namespace. A mode without a label keeps the default's; warn follows a
 * stricter enforce label when it has no level of its own.
 */
export function policyOfNamespace(
  labels: Readonly<Record<string, string>>,
  defaults: NamespacePolicy = DEFAULT_POLICY,
): PolicyOfNamespace {
  const errors: LabelError[] = [];
  const read = <T>(name: string, parse: (text: string) => Parsed<T>): Parsed<T> | undefined => {
    const label = `${LABEL_PREFIX}${name}`;
    const value = Object.hasOwn(labels, label) ? labels[label] : undefined;
    if (value === undefined) return undefined;
    const parsed = parse(value);
    if (parsed.error !== undefined) {
      const message = `metadata.labels[${label}]: Invalid value: ${quote(value)}: ${parsed.error}`;
      errors.push({ label, value, detail: parsed.error, message });
    }
    return parsed;
  };

  const enforceLevel = read("enforce", parseLevel);
  const enforceVersion = read("enforce-version", parseVersion);
  const enforce: LevelVersion = {
    level: enforceLevel?.value ?? defaults.enforce.level,
    version: enforceVersion?.value ?? defaults.enforce.version,
  };
  const auditLevel = read("audit", parseLevel);
  const auditVersion = read("audit-version", parseVersion);
  const warnLevel = read("warn", parseLevel);
  const warnVersion = read("warn-version", parseVersion);
  const failOpen = (mode: Mode, parsed: typeof auditLevel): LevelVersion["level"] =>
    parsed === undefined ? defaults[mode].level : parsed.error === undefined ? parsed.value : "privileged";

  let warn: LevelVersion = {
    level: failOpen("warn", warnLevel),
    version: warnVersion?.value ?? defaults.warn.version,
  };
  const enforceIsGiven = enforceLevel !== undefined && enforceLevel.error === undefined;
  if (warnLevel === undefined && enforceIsGiven && compareLevels(enforce.level, warn.level) > 0) {
    warn = { level: enforce.level, version: warnVersion === undefined ? enforce.version : warn.version };
  }
  return {
    policy: {
      enforce,
      audit: { level: failOpen("audit", auditLevel), version: auditVersion?.value ?? defaults.audit.version },
      warn,
    },
    errors,
  };
}

/** Errors as the API server joins them: duplicates once, in brackets when there are several. */
export function aggregateErrors(errors: readonly LabelError[]): string {
  const messages = [...new Set(errors.map(({ message }) => message))];
  return messages.length === 1 ? (messages[0] ?? "") : `[${messages.join(", ")}]`;
}
