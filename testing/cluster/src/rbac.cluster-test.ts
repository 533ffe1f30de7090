/**
 * RBAC as our engine decides it, held against a real API server's SubjectAccessReview: generated roles, aggregations, bindings and
 * subjects. `REDOUBT_REVIEWS=20000` asks more questions than the default.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, listAt, loadLiveSnapshot, snapshotFromText, stringAt } from "@redoubt/kube";
import { KUBECTL_WHO_CAN, SeededRandom, findGoTool } from "@redoubt/peers";
import {
  type AccessIndex,
  type AccessRequest,
  accessIndex,
  authorize,
  builtInPolicy,
  covers,
  describeMissing,
  rulesFor,
  userIdentity,
  whoCan,
} from "@redoubt/rbac";
import { readBuiltInPolicy } from "./built-in-policy.ts";
import { ControlPlane } from "./control-plane.ts";
import { type GeneratedObject, type ReviewSpec, generateRbac, generateReview } from "./generated-rbac.ts";

const SEED = 20_251_117;
const OBJECTS_OF_A_KIND = 60;
const REVIEWS = Number(process.env["REDOUBT_REVIEWS"] ?? 1500);
const AT_ONCE = 16;
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const NAMESPACES = ["red", "green", "blue"];

suite(`RBAC agrees with the API server (seed ${SEED})`, () => {
  let plane: ControlPlane;
  let live: AccessIndex;
  let written: AccessIndex;
  const random = new SeededRandom(SEED);
  const objects = generateRbac(random, OBJECTS_OF_A_KIND);

  before(async () => {
    plane = await ControlPlane.start({ controllers: true });
    for (const name of [...NAMESPACES, "quiet"]) await create("/api/v1/namespaces", { metadata: { name } });
    for (const { path, body } of objects) await create(path, body);
    written = accessIndex(snapshotFromText(objects.map(documentOf).join("\n---\n")));
    await untilAggregated(plane, written);
    const connection = await connect({ kubeconfig: plane.kubeconfig });
    live = accessIndex(await loadLiveSnapshot(connection, {}));
    connection.close();
  });
  after(() => plane.stop());

  async function create(path: string, body: object): Promise<void> {
    const { status, body: answer } = await plane.admin.post(path, body);
    assert.equal(status, 201, JSON.stringify(answer));
  }

  async function review(spec: ReviewSpec): Promise<boolean> {
    const { body } = await plane.admin.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", { spec });
    const allowed: unknown = Object(Object(body).status).allowed;
    if (typeof allowed !== "boolean") assert.fail(`no verdict: ${JSON.stringify(body)}`);
    return allowed;
  }

  test(`in each of ${REVIEWS} SubjectAccessReviews, from the live objects and from the written ones`, async () => {
    const specs = Array.from({ length: REVIEWS }, () => generateReview(random));
    let allowed = 0;
    await eachAtOnce(specs, async (spec) => {
      const theirs = await review(spec);
      if (theirs) allowed += 1;
      const identity = { user: spec.user ?? "", groups: spec.groups ?? [] };
      for (const index of [live, written]) {
        const ours = authorize(index, identity, requestOf(spec)).decision === "allow";
        assert.equal(ours, theirs, JSON.stringify(spec));
      }
    });
    assert.ok(allowed > REVIEWS / 20 && allowed < REVIEWS * 0.95, `${allowed} of ${REVIEWS} were allowed`);
  });

  test("who-can is everybody whom the API server lets, asked one by one", async () => {
    const requests = Array.from({ length: 25 }, () => generateReview(random)).flatMap(({ resourceAttributes }) =>
      resourceAttributes === undefined || resourceAttributes.resource.includes("/") ? [] : [{ resourceAttributes }],
    );
    for (const spec of requests) {
      const holders = new Set(whoCan(live, requestOf(spec)).map(({ subject }) => subject));
      await eachAtOnce(live.subjects, async (subject) => {
        const [kind, ...name] = subject.split(":");
        if (subject === "group:system:masters" || subject === "group:system:nodes") return;
        const who = kind === "user" ? { user: name.join(":"), groups: [] } : { user: "", groups: [name.join(":")] };
        assert.equal(holders.has(subject), await review({ ...spec, ...who }), `${subject} ${JSON.stringify(spec)}`);
      });
    }
  });

  test("escalation is refused in the same words", async () => {
    const dan = await plane.clientFor("dan");
    const identity = userIdentity("dan");
    await create(`${RBAC}/namespaces/quiet/roles`, {
      metadata: { name: "writer" },
      rules: [
        { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["create"] },
        { apiGroups: ["", "apps"], resources: ["pods", "deployments", "*/scale"], verbs: ["get", "list", "update"] },
      ],
    });
    await create(`${RBAC}/namespaces/quiet/rolebindings`, {
      metadata: { name: "writer" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "writer" },
      subjects: [{ kind: "User", name: "dan", apiGroup: "rbac.authorization.k8s.io" }],
    });
    await sleep(500);
    const index = await readLive(plane);
    const owned = rulesFor(index, identity, "quiet").map(({ rule }) => rule);
    let refused = 0;
    for (const { body } of objects.filter((object) => object.path.endsWith("/red/roles"))) {
      const rules = rulesIn(body);
      const { status, body: answer } = await dan.post(`${RBAC}/namespaces/quiet/roles?dryRun=All`, {
        metadata: { generateName: "copy-" },
        rules,
      });
      const escalates = authorize(index, identity, {
        kind: "resource",
        verb: "escalate",
        group: "rbac.authorization.k8s.io",
        resource: "roles",
        subresource: "",
        namespace: "quiet",
        name: "",
      });
      const { covers: covered, missing } = covers(owned, rules);
      const allowed = covered || escalates.decision === "allow";
      assert.equal(status, allowed ? 201 : 403, JSON.stringify(answer));
      if (allowed) continue;
      refused += 1;
      const message = String(Object(answer).message);
      const theirs = message.slice(message.indexOf("not currently held:\n") + "not currently held:\n".length);
      assert.equal(theirs, describeMissing(missing).join("\n"));
    }
    dan.close();
    assert.ok(refused > 0);
  });

  test("the built-in policy is the API server's own", async () => {
    const { roles, bindings } = await readBuiltInPolicy(plane.admin);
    const ours = builtInPolicy();
    assert.deepEqual([ours.roles.length, ours.bindings.length], [roles.length, bindings.length]);
    for (const role of ours.roles) {
      const { body } = await plane.admin.get(
        `${RBAC}/${role.kind === "Role" ? `namespaces/${role.namespace}/roles` : "clusterroles"}/${role.name}`,
      );
      if (role.aggregationRule === undefined) assert.deepEqual(rulesIn(body), role.rules, role.name);
    }
  });

  test("kubectl-who-can names the same subjects", async (context) => {
    const tool = findGoTool(KUBECTL_WHO_CAN);
    if (tool === undefined) {
      context.skip("kubectl-who-can cannot be built here");
      return;
    }
    for (const namespace of NAMESPACES)
      for (const [verb, resource] of [
        ["get", "pods"],
        ["create", "deployments.apps"],
        ["list", "secrets"],
        ["delete", "jobs.batch"],
      ] as const) {
        const output: string = execFileSync(
          tool,
          [verb, resource, "-n", namespace, "-o", "json", "--kubeconfig", plane.kubeconfig],
          { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
        );
        const [base = "", ...group] = resource.split(".");
        const request: AccessRequest = {
          kind: "resource",
          verb,
          group: group.join("."),
          resource: base,
          subresource: "",
          namespace,
          name: "",
        };
        assert.deepEqual(
          theirSubjects(JSON.parse(output), namespace),
          ourSubjects(live, request),
          `${verb} ${resource} in ${namespace}`,
        );
      }
  });
});

/** The subjects of every binding that allows it, as bindings write them. */
function ourSubjects(index: AccessIndex, request: AccessRequest): readonly string[] {
  return [...new Set(whoCan(index, request).map(({ subject }) => subject))].sort();
}

/** Its output has neither the namespace of a RoleBinding nor of the ServiceAccounts that take theirs from it. */
function theirSubjects(output: unknown, namespace: string): readonly string[] {
  const keys = ["clusterRoleBindings", "roleBindings"].flatMap((list) =>
    listAt(output, [list]).flatMap((binding) =>
      listAt(binding, ["subjects"]).map((subject) => keyOf(subject, namespace)),
    ),
  );
  return [...new Set(keys)].sort();
}

function keyOf(subject: unknown, bindingNamespace: string): string {
  const name = stringAt(subject, ["name"]) ?? "";
  const kind = stringAt(subject, ["kind"]);
  if (kind !== "ServiceAccount") return `${kind === "Group" ? "group" : "user"}:${name}`;
  return `user:system:serviceaccount:${stringAt(subject, ["namespace"]) || bindingNamespace}:${name}`;
}

function documentOf({ path, body }: GeneratedObject): string {
  const [, namespace] = /\/namespaces\/([^/]+)\//.exec(path) ?? [];
  const kinds: Readonly<Record<string, string>> = {
    clusterroles: "ClusterRole",
    roles: "Role",
    clusterrolebindings: "ClusterRoleBinding",
    rolebindings: "RoleBinding",
  };
  const kind = kinds[path.split("/").at(-1) ?? ""];
  const metadata = { ...Object(Object(body).metadata), ...(namespace === undefined ? {} : { namespace }) };
  return JSON.stringify({ apiVersion: "rbac.authorization.k8s.io/v1", kind, ...body, metadata });
}

function requestOf({ resourceAttributes, nonResourceAttributes }: ReviewSpec): AccessRequest {
  if (resourceAttributes !== undefined) return { kind: "resource", ...resourceAttributes };
  return { kind: "url", verb: nonResourceAttributes?.verb ?? "", url: nonResourceAttributes?.path ?? "" };
}

function rulesIn(object: unknown): readonly object[] {
  const rules: unknown = Object(object).rules;
  return Array.isArray(rules) ? rules : [];
}

async function readLive(plane: ControlPlane): Promise<AccessIndex> {
  const connection = await connect({ kubeconfig: plane.kubeconfig });
  try {
    return accessIndex(await loadLiveSnapshot(connection, {}));
  } finally {
    connection.close();
  }
}

/** Waits until the controller has given every aggregated ClusterRole the rules that we expect. */
async function untilAggregated(plane: ControlPlane, expected: AccessIndex): Promise<void> {
  const aggregated = expected.roles.filter(({ aggregationRule }) => aggregationRule !== undefined);
  const deadline = Date.now() + 20_000;
  for (const role of aggregated) {
    const ours = expected.rulesOf(role);
    for (;;) {
      const { body } = await plane.admin.get(`${RBAC}/clusterroles/${role.name}`);
      const theirs = rulesIn(body);
      if (sameRules(theirs, ours)) break;
      if (Date.now() > deadline) assert.deepEqual(theirs.map(canonical).sort(), ours.map(canonical).sort(), role.name);
      await sleep(100);
    }
  }
  // The authorizer sees what was written last a moment later.
  await sleep(1000);
}

function sameRules(left: readonly object[], right: readonly object[]): boolean {
  return JSON.stringify(left.map(canonical).sort()) === JSON.stringify(right.map(canonical).sort());
}

function canonical(rule: object): string {
  const {
    verbs = [],
    apiGroups = [],
    resources = [],
    resourceNames = [],
    nonResourceURLs = [],
  }: Readonly<Record<string, readonly string[]>> = { ...rule };
  return JSON.stringify([verbs, apiGroups, resources, resourceNames, nonResourceURLs]);
}

async function eachAtOnce<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
