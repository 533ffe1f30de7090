/** Pod Security as our engine judges it, held against a real API server: verdict, message and warning of every generated pod. */
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import type { Pod } from "@redoubt/kube";
import { admitPod } from "@redoubt/pod-security";
import { KUBERNETES_VERSION } from "./binaries.ts";
import { ControlPlane } from "./control-plane.ts";
import { generatePod } from "./generated-pods.ts";
import { SeededRandom } from "@redoubt/peers";

const SEED = 20_240_317;
const SERVER_MINOR = Number(KUBERNETES_VERSION.split(".")[1]);
const PODS = 500;
const FEWEST_JUDGED = 400;
const PREFIX = "pod-security.kubernetes.io/";

/** Namespaces that between them enforce and warn at each level, at the newest and at older versions. */
const NAMESPACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  privileged: { [`${PREFIX}enforce`]: "privileged", [`${PREFIX}warn`]: "restricted" },
  baseline: {
    [`${PREFIX}enforce`]: "baseline",
    [`${PREFIX}enforce-version`]: "latest",
    [`${PREFIX}warn`]: "privileged",
  },
  restricted: { [`${PREFIX}enforce`]: "restricted", [`${PREFIX}enforce-version`]: "latest" },
  "restricted-old": { [`${PREFIX}enforce`]: "restricted", [`${PREFIX}enforce-version`]: "v1.24" },
  "baseline-old": {
    [`${PREFIX}enforce`]: "baseline",
    [`${PREFIX}enforce-version`]: "v1.19",
    [`${PREFIX}warn`]: "baseline",
    [`${PREFIX}warn-version`]: "v1.26",
  },
};

suite(`Pod Security agrees with the API server (seed ${SEED})`, () => {
  let plane: ControlPlane;
  const random = new SeededRandom(SEED);
  const pods = Array.from({ length: PODS }, (_, index) => generatePod(random, `pod-${index}`));

  before(async () => {
    // Every field that the standards look at must reach admission, whatever its feature's stage.
    plane = await ControlPlane.start({ featureGates: { ProcMountType: true, UserNamespacesSupport: true } });
    for (const [name, labels] of Object.entries(NAMESPACES)) {
      const created = await plane.admin.post("/api/v1/namespaces", {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name, labels },
      });
      assert.equal(created.status, 201);
    }
  });
  after(() => plane.stop());

  for (const [namespace, labels] of Object.entries(NAMESPACES)) {
    test(`of ${PODS} generated pods in namespace ${namespace}, every one gets our verdict, message and warnings`, async () => {
      let judged = 0;
      for (const pod of pods) {
        const answer = await plane.admin.post(`/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod);
        if (answer.status === 422) continue;
        judged += 1;
        assert.deepEqual(theirs(answer), ours(namespace, labels, pod), JSON.stringify(pod));
      }
      assert.ok(judged >= FEWEST_JUDGED, `only ${judged} pods were valid`);
    });
  }
});

interface Answer {
  readonly verdict: string;
  readonly message: string;
  readonly warnings: readonly string[];
}

function theirs(answer: {
  readonly status: number;
  readonly body: unknown;
  readonly warnings: readonly string[];
}): Answer {
  const warnings = answer.warnings.filter((text) => text.includes("PodSecurity"));
  if (answer.status === 201) return { verdict: "allow", message: "", warnings };
  const message: unknown = Object(answer.body).message;
  return { verdict: answer.status === 403 ? "deny" : `status ${answer.status}`, message: String(message), warnings };
}

function ours(namespace: string, namespaceLabels: Readonly<Record<string, string>>, pod: Pod): Answer {
  const {
    verdict,
    message = "",
    warnings,
  } = admitPod({ namespace, namespaceLabels, serverMinor: SERVER_MINOR }, { pod });
  return { verdict, message, warnings };
}
