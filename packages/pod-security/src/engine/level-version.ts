/** The three Pod Security Standards, from the least to the most strict. */
export const LEVELS = ["privileged", "baseline", "restricted"] as const;
export type Level = (typeof LEVELS)[number];

/** A policy version: the minor of `v1.MINOR`, or `latest`, which is newer than every minor. */
export type Version = number | "latest";

export interface LevelVersion {
  readonly level: Level;
  readonly version: Version;
}

/** A level or version as text, with what the API server says about a bad one. `value` is what it falls back to. */
export type Parsed<T> =
  | { readonly value: T; readonly error?: undefined }
  | { readonly value: T; readonly error: string };

/** An unknown level falls back to `restricted`. */
export function parseLevel(text: string): Parsed<Level> {
  const value = LEVELS.find((level) => level === text);
  return value === undefined ? { value: "restricted", error: `must be one of ${LEVELS.join(", ")}` } : { value };
}

/** An unknown version falls back to `latest`. Leading zeros and other majors are unknown. */
export function parseVersion(text: string): Parsed<Version> {
  if (text === "latest") return { value: "latest" };
  const minor = /^v1\.(0|[1-9][0-9]*)$/.exec(text)?.[1];
  // The API server reads the minor into a 64-bit integer.
  if (minor === undefined || BigInt(minor) >= 2n ** 63n)
    return { value: "latest", error: `must be "latest" or "v1.x"` };
  return { value: Number(minor) };
}

export function formatVersion(version: Version): string {
  return version === "latest" ? version : `v1.${version}`;
}

/** `restricted:v1.30`, as the API server prints it. */
export function formatLevelVersion({ level, version }: LevelVersion): string {
  return `${level}:${formatVersion(version)}`;
}

/** Negative when `a` is less strict than `b`, 0 when they are equal, positive when it is stricter. */
export function compareLevels(a: Level, b: Level): number {
  return LEVELS.indexOf(a) - LEVELS.indexOf(b);
}

/**
 * The level as an API server of version 1.MINOR judges it: `latest`, and versions it does not know yet, mean its own. Without
 * a minor nothing is changed: `latest` then is the newest that is known here.
 */
export function atServer({ level, version }: LevelVersion, minor: number | undefined): LevelVersion {
  if (minor === undefined) return { level, version };
  return { level, version: version === "latest" ? minor : Math.min(version, minor) };
}
