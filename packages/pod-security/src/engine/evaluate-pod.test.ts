import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { PodSpec } from "@redoubt/kube";
import { CHECK_IDS } from "./check.ts";
import { CHECKS } from "./checks/index.ts";
import { activeChecks, evaluatePod, formatViolations, NEWEST_MINOR } from "./evaluate-pod.ts";
import { parseLevel, parseVersion } from "./level-version.ts";
import { quote } from "./message-text.ts";

const ids = (level: "baseline" | "restricted", version: number | "latest"): string[] =>
  activeChecks(level, version).map(({ id }) => id);

const left = (version: number): string[] =>
  ids("baseline", version).filter((id) => !ids("restricted", version).includes(id));

suite("the table of checks", () => {
  test("has every id once, sorted within its level, baseline first", () => {
    assert.deepEqual(new Set(CHECKS.map(({ id }) => id)), new Set(CHECK_IDS));
    for (const level of ["baseline", "restricted"]) {
      const inLevel = CHECKS.filter((check) => check.level === level).map(({ id }) => id);
      assert.deepEqual(inLevel, [...inLevel].sort());
    }
    assert.deepEqual(
      CHECKS.map(({ level }) => level),
      CHECKS.map(({ level }) => level).sort(),
    );
  });

  test("at every version, restricted leaves out exactly what it overrides", () => {
    assert.deepEqual(left(0), ["hostPathVolumes"]);
    assert.deepEqual(left(19), ["hostPathVolumes", "seccompProfile_baseline"]);
    assert.deepEqual(left(22), ["capabilities_baseline", "hostPathVolumes", "seccompProfile_baseline"]);
    assert.deepEqual(left(35), ["capabilities_baseline", "hostPathVolumes", "procMount", "seccompProfile_baseline"]);
  });

  test("checks appear with the version that brought them", () => {
    const before = {
      allowPrivilegeEscalation: 8,
      capabilities_restricted: 22,
      runAsUser: 23,
      procMount_restricted: 35,
    };
    for (const [id, minor] of Object.entries(before)) {
      assert.ok(!ids("restricted", minor - 1).includes(id), id);
      assert.ok(ids("restricted", minor).includes(id), id);
    }
    assert.ok(!ids("baseline", 33).includes("hostProbesAndHostLifecycle"));
    assert.ok(ids("baseline", 34).includes("hostProbesAndHostLifecycle"));
  });

  test("latest and versions of the future mean the newest", () => {
    assert.deepEqual(ids("restricted", "latest"), ids("restricted", NEWEST_MINOR));
    assert.deepEqual(ids("restricted", 10_000), ids("restricted", NEWEST_MINOR));
  });
});

suite("evaluating a pod", () => {
  const bad: PodSpec = { hostPID: true, containers: [{ name: "web", securityContext: { privileged: true } }] };

  test("privileged allows everything", () => {
    assert.deepEqual(evaluatePod({ level: "privileged", version: "latest" }, {}, bad), { allowed: true, results: [] });
  });

  test("violations come in the API server's order, with its text", () => {
    const { allowed, results } = evaluatePod({ level: "restricted", version: 30 }, {}, bad);
    assert.equal(allowed, false);
    assert.equal(
      formatViolations(results),
      'host namespaces (hostPID=true), privileged (container "web" must not set securityContext.privileged=true), ' +
        'allowPrivilegeEscalation != false (container "web" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (container "web" must set securityContext.capabilities.drop=["ALL"]), ' +
        'runAsNonRoot != true (pod or container "web" must set securityContext.runAsNonRoot=true), ' +
        'seccompProfile (pod or container "web" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    );
  });

  test("a volume without a source is an emptyDir", () => {
    const spec: PodSpec = { volumes: [{ name: "scratch" }] };
    assert.equal(evaluatePod({ level: "restricted", version: 0 }, {}, spec).allowed, true);
  });
});

suite("levels and versions", () => {
  test("versions are latest or v1.x without leading zeros", () => {
    assert.equal(parseVersion("latest").value, "latest");
    assert.equal(parseVersion("v1.0").value, 0);
    assert.equal(parseVersion("v1.10000").value, 10_000);
    for (const text of ["", "v1", "1.30", "v2.0", "v1.01", "v1.-1", "Latest", "v1.30 ", "v1.99999999999999999999"]) {
      assert.deepEqual(parseVersion(text), { value: "latest", error: 'must be "latest" or "v1.x"' }, text);
    }
  });

  test("levels are exact; a bad one falls back to restricted", () => {
    assert.deepEqual(parseLevel("baseline"), { value: "baseline" });
    for (const text of ["", "Baseline", "default", "restricted "]) {
      assert.deepEqual(parseLevel(text), {
        value: "restricted",
        error: "must be one of privileged, baseline, restricted",
      });
    }
  });
});

test("quoting follows Go: printable text stays, the rest is escaped", () => {
  const table: readonly (readonly [string, string])[] = [
    ["plain", '"plain"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ["tab\tnew\nline", '"tab\\tnew\\nline"'],
    ["\u0001\u007f", '"\\x01\\x7f"'],
    ["é日本 😀", '"é日本 😀"'],
    ["\u00a0\u200b", '"\\u00a0\\u200b"'],
  ];
  for (const [text, quoted] of table) assert.equal(quote(text), quoted);
});
