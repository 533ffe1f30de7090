import assert from "node:assert/strict";
import { createServer } from "node:net";
import { join } from "node:path";
import { suite, test } from "node:test";
import { rootCertificates } from "node:tls";
import { gzipSync } from "node:zlib";
import { writeFileSync } from "node:fs";
import { captured } from "./testing/captured-run.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";

const TEMPLATE = `
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: owner }
spec:
  crd:
    spec:
      names: { kind: Owner }
      validation: { openAPIV3Schema: { type: object, properties: { label: { type: string } } } }
  targets:
    - target: admission.k8s.gatekeeper.sh
      code:
        - engine: K8sNativeValidation
          source:
            validations:
              - expression: "has(variables.anyObject.metadata.labels) && variables.params.label in variables.anyObject.metadata.labels"
                message: no owner
        - engine: Rego
          source:
            rego: |
              package owner
              violation[{"msg": "no owner"}] {
                not input.review.object.metadata.labels[input.parameters.label]
              }
`;
const CONSTRAINT = `
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: Owner
metadata: { name: all }
spec: { match: { kinds: [{ apiGroups: [""], kinds: [Pod] }] }, parameters: { label: owner } }
`;
const POD =
  "apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: team }\nspec: { containers: [{ name: a, image: a }] }\n";
const OWNED = POD.replace("namespace: team", "namespace: team, labels: { owner: me }");
const SUITE = `
apiVersion: test.gatekeeper.sh/v1alpha1
kind: Suite
metadata: { name: owner }
tests:
  - name: labels
    template: template.yaml
    constraint: constraint.yaml
    cases:
      - { name: missing, object: pod.yaml, assertions: [{ violations: yes, message: "^no owner$" }] }
      - { name: there, object: owned.yaml, assertions: [{ violations: no }] }
`;
const FILES = {
  "template.yaml": TEMPLATE,
  "constraint.yaml": CONSTRAINT,
  "pod.yaml": POD,
  "owned.yaml": OWNED,
  "suite.yaml": SUITE,
};

function withoutTimes(text: string): string {
  return text.replaceAll(/\d+\.\d{3}s/g, "T");
}

suite("policy verify", () => {
  test("prints what gator prints, with both engines", async (context) => {
    const folder = scratchFolder(context, FILES);
    const { code, stdout } = await captured(["policy", "verify", folder]);
    assert.deepEqual([code, withoutTimes(stdout)], [0, `ok\t${folder}/suite.yaml\tT\nPASS\n`]);
    const verbose = await captured(["policy", "verify", `${folder}/...`, "-v", "--run", "labels//miss"]);
    assert.equal(
      withoutTimes(verbose.stdout),
      [
        "=== RUN   labels",
        "    === RUN   missing [Rego]",
        "    --- PASS: missing [Rego]",
        "    === SKIP  there [Rego]",
        "    === RUN   missing [K8sNativeValidation]",
        "    --- PASS: missing [K8sNativeValidation]",
        "    === SKIP  there [K8sNativeValidation]",
        "--- PASS: labels\t(T)",
        `ok\t${folder}/suite.yaml\tT`,
        "PASS",
        "",
      ].join("\n"),
    );
  });

  test("a failure is told with what came instead, and exits with 1", async (context) => {
    const folder = scratchFolder(context, {
      ...FILES,
      "suite.yaml": SUITE.replace("violations: no }", "violations: 2 }"),
    });
    const { code, stdout } = await captured(["policy", "verify", join(folder, "suite.yaml")]);
    assert.equal(code, 1);
    assert.match(stdout, /unexpected number of violations: got 0 violations but want exactly 2: got messages \[\]/);
    assert.match(stdout, /\nFAIL\n$/);
    assert.equal((await captured(["policy", "verify", join(folder, "none")])).code, 2);
  });
});

suite("policy decide", () => {
  test("tells violations as gator test does", async (context) => {
    const folder = scratchFolder(context, FILES);
    const refused = await captured(["policy", "decide", folder]);
    assert.deepEqual([refused.code, refused.stdout], [1, 'v1/Pod team/web: ["all"] Message: "no owner"\n']);
    const admitted = await captured([
      "policy",
      "decide",
      "-p",
      join(folder, "template.yaml"),
      "-p",
      join(folder, "constraint.yaml"),
      join(folder, "owned.yaml"),
    ]);
    assert.deepEqual([admitted.code, admitted.stdout], [0, "1 object: all are admitted\n"]);
  });

  test("Pod Security by the labels of a namespace beside, as JSON", async (context) => {
    const folder = scratchFolder(context, {
      "all.yaml": `apiVersion: v1\nkind: Namespace\nmetadata: { name: team, labels: { pod-security.kubernetes.io/enforce: restricted } }\n---\n${POD}`,
    });
    const { code, stdout } = await captured(["policy", "decide", "-o", "json", folder]);
    assert.equal(code, 1);
    const [, pod = ""] = stdout.trim().split("\n");
    const decision: { readonly allowed?: unknown; readonly message?: unknown } = JSON.parse(pod);
    assert.equal(decision.allowed, false);
    assert.match(String(decision.message), /^pods "web" is forbidden: violates PodSecurity "restricted:latest"/);
  });

  test("a policy that is not in force is told, and the answer incomplete", async (context) => {
    const folder = scratchFolder(context, { ...FILES, "bad.rego": "package main\n\ndeny contains x if { y }\n" });
    const { code, stderr } = await captured(["policy", "decide", folder]);
    assert.equal(code, 3);
    assert.match(stderr, /error POLICY_INVALID: Rego .*bad\.rego/);
  });
});

suite("policy generate vap", () => {
  test("prints a policy and a binding, and says what has only Rego", async (context) => {
    const folder = scratchFolder(context, FILES);
    const { code, stdout } = await captured(["policy", "generate", "vap", folder]);
    assert.equal(code, 0);
    assert.match(stdout, /kind: ValidatingAdmissionPolicy\nmetadata:\n {2}name: gatekeeper-owner\n/);
    assert.match(stdout, /name: gatekeeper-owner-all\n/);
    const only = scratchFolder(context, {
      "t.yaml": TEMPLATE.replace(/ {8}- engine: K8s[\s\S]*?(?= {8}- engine: Rego)/, ""),
    });
    const rego = await captured(["policy", "generate", "vap", only]);
    assert.deepEqual([rego.code, rego.stdout], [1, ""]);
    assert.match(rego.stderr, /error POLICY_NOT_CEL: ConstraintTemplate owner: it has no K8sNativeValidation code/);
  });
});

suite("policy preview and replay", () => {
  const event = (verb: string, user: string, object: object | undefined, more: object = {}): string =>
    JSON.stringify({
      kind: "Event",
      stage: "ResponseComplete",
      verb,
      user: { username: user },
      objectRef: { resource: "pods", namespace: "team", name: "web", apiVersion: "v1" },
      responseStatus: { code: 201 },
      requestURI: "/api/v1/namespaces/team/pods",
      ...(object === undefined ? {} : { requestObject: object }),
      ...more,
    });
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "web" }, spec: {} };
  const owned = { ...pod, metadata: { name: "web", labels: { owner: "me" } } };

  test("preview counts by namespace what would be refused", async (context) => {
    const folder = scratchFolder(context, {
      "p/t.yaml": TEMPLATE,
      "p/c.yaml": CONSTRAINT,
      "m/pods.yaml": `${POD}---\n${OWNED}`,
    });
    const { code, stdout } = await captured(["policy", "preview", "-p", join(folder, "p"), join(folder, "m")]);
    assert.equal(code, 1);
    assert.match(stdout, /^\d objects: 1 would be refused, 0 warned of, 0 changed\n/);
    assert.match(stdout, /Owner\/all: deny 1\n {2}by namespace: team 1\n {2}v1\/Pod team\/web: no owner\n/);
    assert.equal((await captured(["policy", "preview", join(folder, "m")])).code, 2);
  });

  test("replay reads a log as a stream, compressed or not, and counts by user", async (context) => {
    const folder = scratchFolder(context, { "p/t.yaml": TEMPLATE, "p/c.yaml": CONSTRAINT });
    const lines = [
      event("create", "jane", pod),
      event("create", "jane", pod),
      event("create", "bob", owned),
      event("update", "bob", pod),
      event("create", "eve", pod, { responseStatus: { code: 403 } }),
      event("create", "eve", undefined),
      event("patch", "kim", { metadata: {} }, { responseObject: pod }),
      event("get", "kim", undefined),
    ];
    const log = join(folder, "audit.log.gz");
    writeFileSync(log, gzipSync(`${lines.join("\n")}\n`));
    const { code, stdout, stderr } = await captured(["policy", "replay", "-p", join(folder, "p"), "--audit-log", log]);
    assert.equal(code, 1);
    assert.match(stdout, /^5 requests: 4 would be refused/);
    assert.match(stdout, /by user: jane 2, bob 1, kim 1/);
    assert.match(stderr, /^1 requests have no body in the log/);
    const json = await captured(["policy", "replay", "-p", join(folder, "p"), "--audit-log", log, "-o", "json"]);
    const report: { readonly refused?: unknown } = JSON.parse(json.stdout);
    assert.equal(report.refused, 4);
  });

  test("replay tells what is undecided and broken, and what would have been changed", async (context) => {
    const folder = scratchFolder(context, {
      "assign.yaml": `
apiVersion: mutations.gatekeeper.sh/v1
kind: AssignMetadata
metadata: { name: team }
spec: { match: { kinds: [{ apiGroups: [""], kinds: [Pod] }] }, location: metadata.labels.team, parameters: { assign: { value: a } } }
`,
      "metadata.log": `${event("create", "jane", undefined)}\n${event("delete", "bob", undefined)}\n`,
      "changed.log": `${event("create", "jane", pod)}\n${event("patch", "bob", { spec: {} }, { responseObject: pod })}\n`,
      "broken.log": `${event("create", "jane", pod)}\n${event("create", "jane", pod).slice(0, 90)}\n{"stage":"ResponseComplete",}\n`,
    });
    const replay = (log: string): ReturnType<typeof captured> =>
      captured(["policy", "replay", "-f", join(folder, "assign.yaml"), "-o", "json", "--audit-log", join(folder, log)]);
    const undecided = await replay("metadata.log");
    assert.equal(undecided.code, 3);
    assert.equal(JSON.parse(undecided.stdout).undecided, 2);
    const changed = await replay("changed.log");
    assert.equal(changed.code, 0);
    const [effect] = JSON.parse(changed.stdout).policies;
    assert.deepEqual(
      [effect.policy, effect.action, effect.users, effect.namespaces],
      ["AssignMetadata/team", "change", { jane: 1, bob: 1 }, { team: 2 }],
    );
    const broken = await replay("broken.log");
    assert.equal(broken.code, 3);
    assert.equal(JSON.parse(broken.stdout).requests, 1);
    assert.match(broken.stderr, /AUDIT_EVENT: line 2 is not a whole JSON object/);
    assert.match(broken.stderr, /AUDIT_EVENT: line 3 is not JSON/);
  });
});

suite("policies that judge nothing", () => {
  test("a template without a constraint is told, and one that has some is not", async (context) => {
    const folder = scratchFolder(context, { "t.yaml": TEMPLATE, "c.yaml": CONSTRAINT, "pod.yaml": POD });
    const [template, constraint, pod] = ["t.yaml", "c.yaml", "pod.yaml"].map((file) => join(folder, file));
    const warning =
      "warning POLICY_UNUSED: ConstraintTemplate owner judges nothing: a constraint of kind Owner is not among the policies given\n";
    for (const command of ["decide", "preview"]) {
      const alone = await captured(["policy", command, "-p", template ?? "", pod ?? ""]);
      assert.deepEqual([alone.code, alone.stderr], [0, warning]);
      const both = await captured(["policy", command, "-p", template ?? "", "-p", constraint ?? "", pod ?? ""]);
      assert.deepEqual([both.code, both.stderr], [1, ""]);
    }
    assert.equal((await captured(["policy", "test", template ?? "", pod ?? ""])).stderr, warning);
  });

  test("a policy without a binding, and a path without a suite, are told", async (context) => {
    const vap = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: p }
spec:
  matchConstraints: { resourceRules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods] }] }
  validations: [{ expression: "true" }]
`;
    const binding = `---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: b }
spec: { policyName: p, validationActions: [Deny] }
`;
    const folder = scratchFolder(context, { "p.yaml": vap, "both.yaml": vap + binding, "pod.yaml": POD });
    const decided = (file: string): ReturnType<typeof captured> =>
      captured(["policy", "decide", "-p", join(folder, file), join(folder, "pod.yaml")]);
    assert.match(
      (await decided("p.yaml")).stderr,
      /ValidatingAdmissionPolicy p judges nothing: a Valid.*Binding is not/,
    );
    assert.equal((await decided("both.yaml")).stderr, "");
    const verified = await captured(["policy", "verify", join(folder, "p.yaml")]);
    assert.deepEqual([verified.code, verified.stdout], [0, "PASS\n"]);
    assert.match(verified.stderr, /warning POLICY_UNUSED: no suite .*: nothing was verified/);
  });

  test("what is not refused for want of a policy is not called admitted", async (context) => {
    const folder = scratchFolder(context, { "p.rego": "package main\ndeny contains 1 if nope(1)\n", "pod.yaml": POD });
    const decided = await captured(["policy", "decide", "-p", join(folder, "p.rego"), join(folder, "pod.yaml")]);
    assert.equal(decided.code, 3);
    assert.equal(decided.stdout, "1 object: none is refused, but not all policies were in force\n");
  });
});

suite("external data from the command line", () => {
  const pods = ["a", "b", "c", "d", "e"].map((name) => ({ apiVersion: "v1", kind: "Pod", metadata: { name } }));
  const event = (object: object): string =>
    JSON.stringify({
      stage: "ResponseComplete",
      verb: "create",
      objectRef: { resource: "pods", namespace: "team", apiVersion: "v1" },
      requestObject: object,
    });
  const policies = (origin: string): string => `
apiVersion: externaldata.gatekeeper.sh/v1beta1
kind: Provider
metadata: { name: owners }
spec: { url: "${origin}/ask", timeout: 2, caBundle: ${Buffer.from(rootCertificates[0] ?? "").toString("base64")} }
---
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: owned }
spec:
  crd: { spec: { names: { kind: Owned } } }
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package owned
        violation[{"msg": response.system_error}] {
          response := external_data({"provider": "owners", "keys": [input.review.object.metadata.name]})
          response.system_error != ""
        }
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: Owned
metadata: { name: owned }
spec: {}
`;

  for (const command of ["replay", "preview", "decide"]) {
    test(`policy ${command} asks no provider that is not allowed, and leaves one alone that is down`, async (context) => {
      let connections = 0;
      const server = createServer((socket) => {
        connections += 1;
        socket.destroy();
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      context.after(() => server.close());
      const address = server.address();
      assert.ok(typeof address === "object" && address !== null);
      const origin = `https://127.0.0.1:${address.port}`;
      const folder = scratchFolder(context, {
        "p/all.yaml": policies(origin),
        "audit.log": pods.map((pod) => `${event(pod)}\n`).join(""),
        "pods.yaml": pods.map((pod) => `${JSON.stringify(pod)}\n`).join("---\n"),
      });
      const input = command === "replay" ? ["--audit-log", join(folder, "audit.log")] : [join(folder, "pods.yaml")];
      const run = (...more: readonly string[]): ReturnType<typeof captured> =>
        captured(["policy", command, "-p", join(folder, "p"), ...input, ...more]);
      const unasked = await run();
      assert.equal(unasked.code, 3);
      assert.match(unasked.stderr, /undefined function external_data/);
      assert.equal(connections, 0);
      const other = await run("--allow-provider", "https://127.0.0.1:1");
      assert.equal(other.code, 3);
      assert.match(other.stderr, /is not among the providers that may be asked/);
      assert.equal(connections, 0);
      const asked = await run("--allow-provider", origin, "-o", "json");
      assert.equal(asked.code, 1, asked.stderr);
      assert.match(asked.stdout, /failed to send external data request/);
      assert.equal(connections, 3);
      if (command !== "decide") assert.equal(JSON.parse(asked.stdout).refused, 5);
    });
  }
});

suite("policy test over manifests", () => {
  test("policy test judges manifests by the policies among them, as gator test", async (context) => {
    const folder = scratchFolder(context, FILES);
    const manifests = ["template.yaml", "constraint.yaml", "pod.yaml", "owned.yaml"].map((file) => join(folder, file));
    const text = await captured(["policy", "test", ...manifests]);
    assert.equal(text.stdout, 'v1/Pod team/web: ["all"] Message: "no owner"\n');
    assert.equal(text.code, 1);
    const json = await captured(["policy", "test", "-o", "json", ...manifests]);
    const [result, ...more] = JSON.parse(json.stdout);
    assert.deepEqual(more, []);
    assert.equal(result.msg, "no owner");
    assert.equal(result.enforcementAction, "deny");
    assert.equal(result.constraint.metadata.name, "all");
    assert.equal(result.violatingObject.metadata.name, "web");
    const yaml = await captured(["policy", "test", "-o", "yaml", ...manifests]);
    assert.match(yaml.stdout, /^- result:\n {4}target: admission\.k8s\.gatekeeper\.sh\n {4}msg: no owner\n/);
    const table = await captured(["policy", "test", "-o", "table", ...manifests]);
    assert.match(table.stdout, /│ deny {3}│ Owner\/all {2}│ v1\/Pod team\/web │ no owner │/);
    const clean = await captured([
      "policy",
      "test",
      "-p",
      manifests[0] ?? "",
      "-p",
      manifests[1] ?? "",
      manifests[3] ?? "",
    ]);
    assert.deepEqual([clean.stdout, clean.code], ["", 0]);
    assert.equal((await captured(["policy", "test", "-o", "json", manifests[3] ?? ""])).stdout, "null\n");
  });

  test("policy test with policies beside it runs Rego as conftest does, and those of the API server", async (context) => {
    const folder = scratchFolder(context, {
      "policies/main.rego":
        'package main\nimport rego.v1\ndeny contains msg if {\n\tinput.kind == "Pod"\n\tmsg := "no pods"\n}\nwarn contains "hm" if input.kind == "Pod"\n',
      "policies/vap.yaml": `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: named }
spec:
  matchConstraints: { resourceRules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods] }] }
  validations: [{ expression: "object.metadata.name != 'web'", message: no webs }, { expression: "object.spec.nonsense == 1 || true" }]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: named }
spec: { policyName: named, validationActions: [Warn] }
`,
      "pod.yaml": POD,
    });
    const { stdout, stderr, code } = await captured([
      "policy",
      "test",
      "-p",
      join(folder, "policies"),
      "-o",
      "table",
      join(folder, "pod.yaml"),
    ]);
    assert.equal(code, 1);
    assert.match(stdout, /deny .* Rego\/main\.deny .* no pods/);
    assert.match(stdout, /warn .* ValidatingAdmissionPolicy\/named .* no webs/);
    assert.match(stderr, /warning POLICY_TYPE: .*spec\.validations\[1\]\.expression: .*undefined field 'nonsense'/);
    const quiet = await captured([
      "policy",
      "test",
      "--deny-only",
      "-p",
      join(folder, "policies/vap.yaml"),
      join(folder, "pod.yaml"),
    ]);
    assert.deepEqual([quiet.stdout, quiet.code], ["", 0]);
  });

  test("a policy that is new must do with what the release before has", async (context) => {
    const vap = (expression: string): string => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: p }
spec:
  matchConstraints: { resourceRules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods] }] }
  validations: [{ expression: "${expression}" }]
`;
    const folder = scratchFolder(context, {
      "sort.yaml": vap("[2, 1].sort() == [1, 2]"),
      "semver.yaml": vap("semver('1.2.3').major() == 1"),
      "keyed.yaml": vap("{'a': 1}.all(k, v, v == 1)"),
      "ip.yaml": vap("isIP('::1')"),
      "pod.yaml": POD,
    });
    const run = async (policy: string, ...more: readonly string[]): Promise<number> =>
      (await captured(["policy", "decide", "-p", join(folder, policy), ...more, join(folder, "pod.yaml")])).code;
    for (const [policy, newest] of [
      ["sort.yaml", 34],
      ["semver.yaml", 33],
      ["keyed.yaml", 32],
      ["ip.yaml", 30],
    ] as const) {
      assert.equal(await run(policy), 0, policy);
      assert.equal(await run(policy, "--kubernetes-version", `v1.${newest + 1}.2`), 0, policy);
      assert.equal(await run(policy, "--kubernetes-version", `1.${newest}`), 3, policy);
    }
    assert.equal(await run("ip.yaml", "--kubernetes-version", "latest"), 2);
  });

  test("policy test of manifests is incomplete where a policy is not in force", async (context) => {
    const folder = scratchFolder(context, {
      ...FILES,
      "template.yaml": TEMPLATE.replace("package owner", "package owner\n              nonsense("),
    });
    const { code, stderr } = await captured([
      "policy",
      "test",
      "--engine",
      "rego",
      join(folder, "template.yaml"),
      join(folder, "pod.yaml"),
    ]);
    assert.equal(code, 3);
    assert.match(stderr, /POLICY_INVALID: ConstraintTemplate owner:\d+:\d+: /);
  });
});
