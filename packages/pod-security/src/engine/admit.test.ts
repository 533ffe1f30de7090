import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Pod } from "@redoubt/kube";
import { DEFAULT_CONFIGURATION, parsePodSecurityConfiguration } from "./admission-configuration.ts";
import { admitNamespace } from "./admit-namespace.ts";
import { admitPod, admitWorkload, type RequestContext } from "./admit.ts";
import { policyOfNamespace } from "./namespace-policy.ts";

const labels = (short: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(short).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value]));

const context = (short: Readonly<Record<string, string>>, more: Partial<RequestContext> = {}): RequestContext => ({
  namespace: "shop",
  namespaceLabels: labels(short),
  ...more,
});

const privileged: Pod = {
  metadata: { name: "web" },
  spec: { containers: [{ name: "c", image: "nginx:1", securityContext: { privileged: true } }] },
};
const harmless: Pod = { metadata: { name: "web" }, spec: { containers: [{ name: "c", image: "nginx:1" }] } };

suite("namespace labels", () => {
  const table: readonly (readonly [string, Readonly<Record<string, string>>, readonly [string, string, string]])[] = [
    ["none: privileged", {}, ["privileged:latest", "privileged:latest", "privileged:latest"]],
    [
      "enforce alone: warn follows it",
      { enforce: "baseline" },
      ["baseline:latest", "privileged:latest", "baseline:latest"],
    ],
    [
      "warn follows the version too",
      { enforce: "baseline", "enforce-version": "v1.22" },
      ["baseline:v1.22", "privileged:latest", "baseline:v1.22"],
    ],
    [
      "unless warn has a version",
      { enforce: "baseline", "warn-version": "v1.23" },
      ["baseline:latest", "privileged:latest", "baseline:v1.23"],
    ],
    [
      "or a level",
      { enforce: "baseline", warn: "privileged" },
      ["baseline:latest", "privileged:latest", "privileged:latest"],
    ],
    [
      "a bad enforce level is restricted",
      { enforce: "foo" },
      ["restricted:latest", "privileged:latest", "privileged:latest"],
    ],
    [
      "bad audit and warn levels are privileged",
      { enforce: "baseline", audit: "foo", warn: "foo" },
      ["baseline:latest", "privileged:latest", "privileged:latest"],
    ],
    [
      "a bad version is latest",
      { enforce: "restricted", "enforce-version": "1.30", audit: "baseline", "audit-version": "v1.20" },
      ["restricted:latest", "baseline:v1.20", "restricted:latest"],
    ],
  ];
  for (const [title, short, expected] of table) {
    test(title, () => {
      const { policy } = policyOfNamespace(labels(short));
      assert.deepEqual(
        [policy.enforce, policy.audit, policy.warn].map(
          ({ level, version }) => `${level}:${version === "latest" ? version : `v1.${version}`}`,
        ),
        expected,
      );
    });
  }

  test("errors read as the API server's", () => {
    const decision = admitNamespace({ name: "shop", labels: labels({ enforce: "foo", "warn-version": "1.2" }) });
    assert.equal(decision.verdict, "deny");
    assert.equal(
      decision.message,
      'Namespace "shop" is invalid: [metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "foo": must be one of privileged, baseline, restricted, ' +
        'metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.2": must be "latest" or "v1.x"]',
    );
  });

  test("bad labels that were there before do not block another update", () => {
    const old = { labels: labels({ enforce: "foo" }) };
    assert.equal(admitNamespace({ name: "shop", labels: { ...old.labels, team: "a" }, old }).verdict, "allow");
    assert.equal(admitNamespace({ name: "shop", labels: labels({ enforce: "bar" }), old }).verdict, "deny");
  });
});

suite("a pod", () => {
  test("that violates the enforced level is rejected in the API server's words", () => {
    const decision = admitPod(context({ enforce: "baseline", "enforce-version": "v1.30", audit: "restricted" }), {
      pod: privileged,
    });
    assert.equal(decision.verdict, "deny");
    assert.equal(
      decision.message,
      'pods "web" is forbidden: violates PodSecurity "baseline:v1.30": privileged (container "c" must not set securityContext.privileged=true)',
    );
    assert.deepEqual(decision.warnings, []);
    assert.equal(decision.auditAnnotations["enforce-policy"], "baseline:v1.30");
    assert.match(
      decision.auditAnnotations["audit-violations"] ?? "",
      /^would violate PodSecurity "restricted:latest": privileged/,
    );
  });

  test("is judged by what latest means to its API server", () => {
    const pod: Pod = {
      metadata: { name: "web" },
      spec: { hostUsers: false, containers: [{ name: "c", securityContext: { procMount: "Unmasked" } }] },
    };
    const verdictAt = (serverMinor: number): string =>
      admitPod(context({ enforce: "baseline" }, { serverMinor }), { pod }).verdict;
    assert.equal(verdictAt(34), "deny");
    assert.equal(verdictAt(35), "allow");
  });

  test("without a name yet is called by none", () => {
    const pod: Pod = { metadata: { generateName: "web-" }, ...(privileged.spec && { spec: privileged.spec }) };
    assert.match(admitPod(context({ enforce: "baseline" }), { pod }).message ?? "", /^pods is forbidden: violates/);
  });

  test("that only violates the warned level is warned about", () => {
    const { verdict, warnings } = admitPod(context({ enforce: "baseline", warn: "restricted" }), { pod: harmless });
    assert.equal(verdict, "allow");
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0] ?? "",
      /^would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false \(/,
    );
  });

  test("on the host's network is told of its ports, which are host ports then", () => {
    const pod: Pod = {
      metadata: { name: "web" },
      spec: { hostNetwork: true, containers: [{ name: "c", ports: [{ containerPort: 80 }] }] },
    };
    assert.equal(
      admitPod(context({ enforce: "baseline" }), { pod }).message,
      'pods "web" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true), hostPort (container "c" uses hostPort 80)',
    );
  });

  test("with an AppArmor annotation is told of the field that it becomes", () => {
    const pod: Pod = {
      metadata: {
        name: "web",
        annotations: { "container.apparmor.security.beta.kubernetes.io/c": "unconfined" },
      },
      spec: { containers: [{ name: "c" }] },
    };
    assert.equal(
      admitPod(context({ enforce: "baseline" }), { pod }).message,
      'pods "web" is forbidden: violates PodSecurity "baseline:latest": forbidden AppArmor profiles (container "c" and annotation must not set AppArmor profile type to "Unconfined", "container.apparmor.security.beta.kubernetes.io/c="unconfined"")',
    );
  });

  test("is judged on update only when images or containers change", () => {
    const enforcing = context({ enforce: "baseline" });
    const verdict = (pod: Pod): string => admitPod(enforcing, { pod, old: privileged }).verdict;
    const [first] = privileged.spec?.containers ?? [];
    assert.equal(verdict({ ...privileged, metadata: { name: "web", labels: { a: "b" } } }), "allow");
    assert.equal(verdict({ ...privileged, spec: { containers: [{ ...first, image: "nginx:2" }] } }), "deny");
    assert.equal(
      verdict({ ...privileged, spec: { ...privileged.spec, ephemeralContainers: [{ name: "debug", image: "x" }] } }),
      "deny",
    );
    assert.equal(verdict({ ...privileged, spec: { ...privileged.spec, initContainers: [{ name: "i" }] } }), "deny");
  });

  test("is not judged for subresources that carry no spec, but for all others", () => {
    assert.equal(
      admitPod(context({ enforce: "baseline" }), { pod: privileged, subresource: "status" }).verdict,
      "allow",
    );
    assert.equal(
      admitPod(context({ enforce: "baseline" }), { pod: privileged, subresource: "ephemeralcontainers" }).verdict,
      "deny",
    );
  });

  test("is judged as restricted where the enforce label is bad, and the audit event says so", () => {
    const decision = admitPod(context({ enforce: "foo" }), { pod: harmless });
    assert.equal(decision.verdict, "deny");
    assert.match(decision.auditAnnotations["error"] ?? "", /^Failed to parse policy: metadata\.labels\[/);
  });

  test("is exempt by namespace, user or runtime class", () => {
    const configuration = {
      ...DEFAULT_CONFIGURATION,
      exemptions: { namespaces: ["shop"], usernames: ["system:admin"], runtimeClasses: ["kata"] },
    };
    const strict = context({ enforce: "restricted" }, { configuration });
    assert.deepEqual(admitPod(strict, { pod: privileged }).auditAnnotations, { exempt: "namespace" });
    const elsewhere = { ...strict, namespace: "other" };
    assert.equal(admitPod(elsewhere, { pod: privileged }).verdict, "deny");
    assert.deepEqual(admitPod({ ...elsewhere, username: "system:admin" }, { pod: privileged }).auditAnnotations, {
      exempt: "user",
    });
    const sandboxed = { ...privileged, spec: { ...privileged.spec, runtimeClassName: "kata" } };
    assert.deepEqual(admitPod(elsewhere, { pod: sandboxed }).auditAnnotations, { exempt: "runtimeClass" });
  });
});

test("a workload's template is warned about and audited, never rejected", () => {
  const { verdict, warnings, auditAnnotations } = admitWorkload(context({ enforce: "baseline", audit: "baseline" }), {
    spec: privileged.spec ?? {},
  });
  assert.equal(verdict, "allow");
  const said =
    'would violate PodSecurity "baseline:latest": privileged (container "c" must not set securityContext.privileged=true)';
  assert.deepEqual(warnings, [said]);
  assert.deepEqual(auditAnnotations, { "audit-violations": said });
});

const named = (name: string, spec: Pod["spec"], uid?: string): Pod => ({
  metadata: { name, ...(uid === undefined ? {} : { ownerReferences: [{ controller: true, uid }] }) },
  ...(spec === undefined ? {} : { spec }),
});

suite("relabelling a namespace", () => {
  const pods = [
    named("z", { hostPID: true }),
    named("b", { hostPID: true }),
    named("a", { hostIPC: true }),
    named(
      "w",
      { hostNetwork: true, hostPID: true, containers: [{ name: "c", securityContext: { privileged: true } }] },
      "1",
    ),
    named("w2", { hostPID: true }, "1"),
    named("fine", { containers: [] }),
  ];

  const to = (enforce: string, from: string): readonly string[] =>
    admitNamespace({ name: "shop", labels: labels({ enforce }), old: { labels: labels({ enforce: from }) }, pods })
      .warnings;

  test("lists pods that the new level would refuse, grouped by reasons", () => {
    const { verdict, warnings } = admitNamespace({
      name: "shop",
      labels: labels({ enforce: "baseline" }),
      old: { labels: {} },
      pods,
    });
    assert.equal(verdict, "allow");
    assert.deepEqual(warnings, [
      'existing pods in namespace "shop" violate the new PodSecurity enforce level "baseline:latest"',
      "a (and 3 other pods): host namespaces",
      "w: host namespaces, privileged",
    ]);
  });

  test("says nothing when the level is relaxed, unchanged or privileged", () => {
    assert.deepEqual(to("baseline", "restricted"), []);
    assert.deepEqual(to("baseline", "baseline"), []);
    assert.deepEqual(to("privileged", "baseline"), []);
    assert.notDeepEqual(to("restricted", "baseline"), []);
  });

  test("an exempt namespace is told that its labels mean nothing", () => {
    const configuration = {
      ...DEFAULT_CONFIGURATION,
      exemptions: { ...DEFAULT_CONFIGURATION.exemptions, namespaces: ["shop"] },
    };
    const { warnings } = admitNamespace({
      name: "shop",
      labels: labels({ enforce: "baseline", "warn-version": "v1.30" }),
      configuration,
    });
    assert.deepEqual(warnings, [
      'namespace "shop" is exempt from Pod Security, and the policy (enforce=baseline:latest, warn=baseline:v1.30) will be ignored',
    ]);
  });
});

suite("the admission configuration", () => {
  const plain = { apiVersion: "pod-security.admission.config.k8s.io/v1", kind: "PodSecurityConfiguration" };

  test("defaults fill what labels leave out", () => {
    const result = parsePodSecurityConfiguration({
      apiVersion: "apiserver.config.k8s.io/v1",
      kind: "AdmissionConfiguration",
      plugins: [
        {
          name: "PodSecurity",
          configuration: { ...plain, defaults: { enforce: "baseline", "enforce-version": "v1.30" } },
        },
      ],
    });
    assert.ok(result?.ok);
    const { policy } = policyOfNamespace({}, result.configuration.defaults);
    assert.deepEqual(policy.enforce, { level: "baseline", version: 30 });
    assert.deepEqual(policy.warn, { level: "privileged", version: "latest" });
  });

  test("bad values are errors with their path", () => {
    const result = parsePodSecurityConfiguration({
      ...plain,
      defaults: { enforce: "Baseline", "warn-version": 1.3 },
      exemptions: { namespaces: ["kube-system", "Kube", "kube-system"], usernames: [""], runtimeClasses: {} },
    });
    assert.deepEqual(result, {
      ok: false,
      errors: [
        'defaults.enforce: Invalid value: "Baseline": must be one of privileged, baseline, restricted',
        "defaults.warn-version: must be a string",
        'exemptions.namespaces[1]: Invalid value: "Kube": must be a namespace\'s name',
        'exemptions.namespaces[2]: Duplicate value: "kube-system"',
        "exemptions.runtimeClasses: must be a list",
        'exemptions.usernames[0]: Invalid value: "": username must not be empty',
      ],
    });
  });

  test("other kinds are not taken for one", () => {
    assert.equal(parsePodSecurityConfiguration({ kind: "Pod" }), undefined);
    assert.equal(parsePodSecurityConfiguration("text"), undefined);
  });
});
