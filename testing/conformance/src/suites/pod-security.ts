import { type ObjectMeta, type PodSpec, formatDiagnostic, isJsonObject, snapshotFromText } from "@redoubt/kube";
import {
  CHECKS,
  type Check,
  type CheckViolation,
  type Revision,
  evaluatePod,
  parseLevel,
  parseVersion,
} from "@redoubt/pod-security";
import { ndjsonLines } from "../case-files.ts";
import { type CaseResult, type Suite, failed, passed } from "../suite.ts";

/**
 * Pod Security Standards. A case is a line of an `.ndjson` file, of one of two shapes:
 * `{name, level, version, expect, check, pod}`, the verdict of a level with, on `fail`, a check that must be among the
 * failing ones; and `{fn, pod, allowed, reason, detail}`, the exact text of one revision of one check.
 */
export const podSecurity: Suite = {
  name: "pod-security",
  async *run(directory) {
    for await (const line of ndjsonLines(directory)) {
      yield "error" in line ? failed(line.place, line.error) : judge(line.place, line.value);
    }
  },
};

function judge(place: string, value: unknown): CaseResult {
  if (!isJsonObject(value)) return failed(place, "is not an object");
  const { fn, test, name, level, version, expect, check, pod, allowed, reason, detail } = value;
  if (
    typeof fn === "string" &&
    typeof allowed === "boolean" &&
    typeof reason === "string" &&
    typeof detail === "string"
  ) {
    return judgeMessage(`${place} ${typeof test === "string" ? test : fn}`, fn, pod, { allowed, reason, detail });
  }
  if (
    typeof name === "string" &&
    typeof level === "string" &&
    typeof version === "string" &&
    typeof check === "string"
  ) {
    if (expect === "pass" || expect === "fail") return judgeLevel(name, { level, version, expect, check }, pod);
  }
  return failed(place, `is not a case of this suite: it has the fields ${Object.keys(value).join(", ")}`);
}

interface LevelCase {
  readonly level: string;
  readonly version: string;
  readonly expect: "pass" | "fail";
  readonly check: string;
}

function judgeLevel(name: string, { level, version, expect, check }: LevelCase, value: unknown): CaseResult {
  const parsedLevel = parseLevel(level);
  if (parsedLevel.error !== undefined) return failed(name, `level ${level}: ${parsedLevel.error}`);
  const parsedVersion = parseVersion(version);
  if (parsedVersion.error !== undefined) return failed(name, `version ${version}: ${parsedVersion.error}`);
  const pod = decodePod(value);
  if ("error" in pod) return failed(name, pod.error);
  const { allowed, results } = evaluatePod(
    { level: parsedLevel.value, version: parsedVersion.value },
    pod.metadata,
    pod.spec,
  );
  const verdict = allowed ? "allowed" : `forbidden by ${results.map(({ id }) => id).join(", ")}`;
  if (expect === "pass") return allowed ? passed(name) : failed(name, `expected allowed, was ${verdict}`);
  return results.some((result) => standsFor(result, check))
    ? passed(name)
    : failed(name, `expected forbidden by ${check}, was ${verdict}`);
}

/** Whether a violation is of the named check, or of the stricter one that replaces it at the restricted level. */
function standsFor({ id }: CheckViolation, check: string): boolean {
  const overridden = CHECKS.find((candidate) => candidate.id === id)?.revisions.flatMap(
    ({ overrides = [] }) => overrides,
  );
  return [id, ...(overridden ?? [])].some((candidate) => candidate.toLowerCase() === check.toLowerCase());
}

interface Message {
  readonly allowed: boolean;
  readonly reason: string;
  readonly detail: string;
}

function judgeMessage(name: string, fn: string, value: unknown, expected: Message): CaseResult {
  const revision = revisionOf(fn);
  if (revision === undefined) return failed(name, `no check is called ${fn}`);
  const pod = decodePod(value);
  if ("error" in pod) return failed(name, pod.error);
  const violation = revision.check(pod.metadata, pod.spec);
  const actual = { allowed: violation === undefined, reason: violation?.reason ?? "", detail: violation?.detail ?? "" };
  const same =
    actual.allowed === expected.allowed && actual.reason === expected.reason && actual.detail === expected.detail;
  return same ? passed(name) : failed(name, `expected ${JSON.stringify(expected)}, was ${JSON.stringify(actual)}`);
}

/** The revision that a function name stands for: `runAsUser1_35`, `sysctlsV1Dot27`, `capabilitiesRestricted_1_22`, `procMount1_35baseline`. */
function revisionOf(fn: string): Revision | undefined {
  const [, name = "", minor = ""] = /^([A-Za-z]+?)_?(?:V1Dot|1_)(\d+)(?:baseline)?$/.exec(fn) ?? [];
  const isNamed = ({ id }: Check): boolean => id.replaceAll("_", "").toLowerCase() === name.toLowerCase();
  return CHECKS.find(isNamed)?.revisions.find(({ since }) => since === Number(minor));
}

/** Reads a pod the way the product reads one from a file. */
function decodePod(
  value: unknown,
): { readonly metadata: ObjectMeta; readonly spec: PodSpec } | { readonly error: string } {
  if (!isJsonObject(value)) return { error: "its pod is not an object" };
  // Cases of single checks leave out what every object must have.
  const given = value["metadata"] ?? {};
  const metadata = isJsonObject(given) ? { name: "case", ...given } : given;
  const snapshot = snapshotFromText(JSON.stringify({ apiVersion: "v1", kind: "Pod", ...value, metadata }));
  const fault = snapshot.diagnostics.find(({ severity }) => severity === "error");
  if (fault !== undefined) return { error: `its pod could not be read: ${formatDiagnostic(fault)}` };
  const pod = snapshot.list("Pod")[0]?.value;
  if (pod === undefined) return { error: "its pod was not recognised" };
  return { metadata: pod.metadata ?? {}, spec: pod.spec ?? {} };
}
