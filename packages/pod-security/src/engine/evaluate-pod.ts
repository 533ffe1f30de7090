import type { ObjectMeta, PodSpec, Volume } from "@redoubt/kube";
import type { CheckId, PodCheck, Violation } from "./check.ts";
import { CHECKS } from "./checks/index.ts";
import { VOLUME_SOURCES } from "./checks/restricted-volumes.ts";
import type { Level, LevelVersion, Version } from "./level-version.ts";

/** A check that forbids a pod, and why. */
export interface CheckViolation extends Violation {
  readonly id: CheckId;
}

export interface PodEvaluation {
  readonly allowed: boolean;
  /** The checks that forbid the pod, in the order of the API server's messages. */
  readonly results: readonly CheckViolation[];
}

/** The newest minor that brought a change; later versions, and `latest`, mean the same. */
export const NEWEST_MINOR: number = Math.max(...CHECKS.flatMap(({ revisions }) => revisions.map(({ since }) => since)));

interface ActiveCheck {
  readonly id: CheckId;
  readonly check: PodCheck;
}

const tables = new Map<string, readonly ActiveCheck[]>();

/**
 * The checks that a level consists of at a version, in the order of the API server's messages. Restricted includes those of
 * baseline, except the ones that a stricter check of its own replaces.
 */
export function activeChecks(level: Level, version: Version): readonly ActiveCheck[] {
  if (level === "privileged") return [];
  const minor = version === "latest" ? NEWEST_MINOR : Math.min(version, NEWEST_MINOR);
  const key = `${level}:${minor}`;
  let table = tables.get(key);
  if (table === undefined) {
    table = buildTable(level, minor);
    tables.set(key, table);
  }
  return table;
}

function buildTable(level: "baseline" | "restricted", minor: number): readonly ActiveCheck[] {
  const active = CHECKS.flatMap((check) => {
    const revision = check.revisions.findLast(({ since }) => since <= minor);
    return revision === undefined || (level === "baseline" && check.level === "restricted")
      ? []
      : [{ id: check.id, ...revision }];
  });
  const overridden = new Set(active.flatMap(({ overrides = [] }) => overrides));
  return active.filter(({ id }) => !overridden.has(id)).map(({ id, check }) => ({ id, check }));
}

/**
 * Judges a pod, or a pod template, by a standard. Volumes without a source count as `emptyDir`, which is what the API server
 * makes of them; nothing else is defaulted.
 *
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/ and KEP-2579.
 */
export function evaluatePod({ level, version }: LevelVersion, metadata: ObjectMeta, spec: PodSpec): PodEvaluation {
  const judged = withVolumeSources(spec);
  const results = activeChecks(level, version).flatMap(({ id, check }) => {
    const violation = check(metadata, judged);
    return violation === undefined ? [] : [{ id, ...violation }];
  });
  return { allowed: results.length === 0, results };
}

/** `REASON (DETAIL), REASON (DETAIL)`, the part of a message after the level. */
export function formatViolations(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => (detail === "" ? reason : `${reason} (${detail})`)).join(", ");
}

function withVolumeSources(spec: PodSpec): PodSpec {
  const volumes = spec.volumes ?? [];
  if (!volumes.some(isSourceless)) return spec;
  return { ...spec, volumes: volumes.map((volume) => (isSourceless(volume) ? { ...volume, emptyDir: {} } : volume)) };
}

function isSourceless(volume: Volume): boolean {
  return VOLUME_SOURCES.every((source) => volume[source] === undefined);
}
