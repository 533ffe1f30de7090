/** Label selectors, quantities and defaulting of packages/kube, held against a real API server on generated input. */
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import {
  type Container,
  type PodSpec,
  type Quantity,
  effectiveHostPort,
  effectiveImagePullPolicy,
  effectiveProtocol,
  effectiveRequests,
  effectiveRestartPolicy,
  effectiveServiceAccountName,
  formatQuantity,
  listAt,
  objectAt,
  parseLabelSelector,
  parseQuantity,
  quantityValue,
  snapshotFromText,
  stringAt,
} from "@redoubt/kube";
import { ControlPlane } from "./control-plane.ts";
import { SeededRandom } from "@redoubt/peers";

const SEED = 20_261_188;

suite(`packages/kube agrees with the API server (seed ${SEED})`, () => {
  let plane: ControlPlane;
  before(async () => {
    plane = await ControlPlane.start();
  });
  after(() => plane.stop());

  test("500 generated label selectors select the same objects, or are refused by both", async () => {
    const random = new SeededRandom(SEED);
    const labelled = Array.from({ length: 40 }, (_, index) => ({ name: `labelled-${index}`, labels: labels(random) }));
    for (const metadata of labelled) {
      const { status } = await plane.admin.post("/api/v1/namespaces/default/configmaps", {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { ...metadata, labels: { ...metadata.labels, "made-by": "redoubt" } },
      });
      assert.equal(status, 201);
    }
    for (let index = 0; index < 500; index += 1) {
      const selector = selectorText(random);
      const parsed = parseLabelSelector(selector);
      const own =
        parsed.kind === "error"
          ? "refused"
          : labelled
              .filter((one) => parsed.matches({ ...one.labels, "made-by": "redoubt" }))
              .map(({ name }) => name)
              .sort();
      const answer = await plane.admin.get(
        `/api/v1/namespaces/default/configmaps?labelSelector=${encodeURIComponent(selector)}`,
      );
      const names = listAt(answer.body, ["items"]).flatMap((item) => stringAt(item, ["metadata", "name"]) ?? []);
      const theirs = answer.status === 400 ? "refused" : names.filter((name) => name.startsWith("labelled-")).sort();
      assert.deepEqual(own, theirs, selector);
    }
  });

  test("600 generated quantities have the same canonical form, or are refused by both", async () => {
    const random = new SeededRandom(SEED);
    for (let index = 0; index < 600; index += 1) {
      const text = quantityText(random);
      const parsed = parseQuantity(text);
      const answer = await plane.admin.post("/api/v1/namespaces/default/limitranges?dryRun=All", {
        apiVersion: "v1",
        kind: "LimitRange",
        metadata: { name: "quantity" },
        spec: { limits: [{ type: "Container", max: { "example.com/thing": text } }] },
      });
      const theirs =
        answer.status === 201
          ? stringAt(objectAt(answer.body, ["spec", "limits", 0, "max"]), ["example.com/thing"])
          : "refused";
      // Short amounts are stored as they were written, all others in canonical form.
      const asWritten = theirs === text.trim();
      const own = parsed.kind === "error" ? "refused" : asWritten ? theirs : formatQuantity(toMilli(parsed));
      assert.equal(own, theirs, `${text}: ${JSON.stringify(answer.body)}`);
    }
  });

  test("300 generated pods are defaulted as our effective values say", async () => {
    const random = new SeededRandom(SEED);
    for (let index = 0; index < 300; index += 1) {
      const spec = sparsePod(random);
      const answer = await plane.admin.post("/api/v1/namespaces/default/pods?dryRun=All", {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "defaults" },
        spec,
      });
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
      const [pod] = snapshotFromText(JSON.stringify(answer.body)).list("Pod");
      assert.ok(pod?.value.spec !== undefined);
      assert.deepEqual(effective(spec), written(pod.value.spec), JSON.stringify(spec));
    }
  });
});

/** Quantities of resources are rounded up to thousandths by the API server's defaulting. */
function toMilli(quantity: Quantity): Quantity {
  return { ...quantity, nano: quantityValue(quantity, "milli") * 1_000_000n };
}

const KEYS = ["app", "tier", "example.com/team", "version"] as const;
const VALUES = ["web", "db", "1", "20", "", "a.b-c_d"] as const;

function labels(random: SeededRandom): Record<string, string> {
  return Object.fromEntries(random.some(KEYS, 0.6).map((key) => [key, random.pick(VALUES)]));
}

function selectorText(random: SeededRandom): string {
  return Array.from({ length: random.integer(1, 3) }, () => requirement(random)).join(random.pick([",", ", ", " ,"]));
}

function requirement(random: SeededRandom): string {
  const key = random.pick<string>([...KEYS, "missing", "made-by"]);
  const value = (): string => random.pick<string>([...VALUES, "redoubt"]);
  const list = (): string => Array.from({ length: random.integer(0, 3) }, value).join(",");
  return random.pick([
    `${key}=${value()}`,
    `${key}==${value()}`,
    `${key}!=${value()}`,
    `${key} in (${list()})`,
    `${key} notin ( ${list()} )`,
    key,
    `!${key}`,
    `! ${key}`,
    `${key}>${random.pick(["1", "5", "x", ""])}`,
    `${key} < ${random.pick(["3", "21"])}`,
    `${key} in ${value()}`,
    `-${key}=${value()}`,
    `${key}=${value()} ${value()}`,
    `${key}=${"v".repeat(random.pick([63, 64]))}`,
    "",
    `${key}=()`,
  ]);
}

function quantityText(random: SeededRandom): string {
  const suffix = random.pick(SUFFIXES);
  return `${random.pick(["", "", "", "+"])}${numberText(random)}${suffix}`;
}

const SUFFIXES = [
  "",
  "",
  "n",
  "u",
  "m",
  "k",
  "M",
  "G",
  "T",
  "P",
  "E",
  "Ki",
  "Mi",
  "Gi",
  "Ti",
  "Pi",
  "Ei",
  "e3",
  "E-3",
  "e12",
  "K",
  "mi",
  "e",
  " ",
] as const;

function numberText(random: SeededRandom): string {
  switch (random.integer(0, 5)) {
    case 0:
      return digits(random, random.integer(5, 22));
    case 1:
    case 2:
      return `${digits(random, random.integer(0, 3))}.${digits(random, random.integer(0, 12))}`;
    case 3:
      return random.pick(["", "1.2.3", "-", "."]);
    default:
      return digits(random, random.integer(1, 4));
  }
}

function digits(random: SeededRandom, length: number): string {
  return Array.from({ length }, () => random.integer(0, 9)).join("");
}

function sparsePod(random: SeededRandom): PodSpec {
  const image = random.pick([
    "app",
    "app:latest",
    "app:v1",
    "registry.example.com:5000/app",
    "app@sha256:" + "0".repeat(64),
    "app:latest@sha256:" + "0".repeat(64),
  ]);
  const container = (name: string, port: number): Container => ({
    name,
    image,
    ...(random.chance(0.3) ? { imagePullPolicy: random.pick(["Always", "Never", "IfNotPresent"]) } : {}),
    ...(random.chance(0.6)
      ? {
          ports: [
            {
              containerPort: port,
              ...(random.chance(0.3) ? { protocol: "UDP" } : {}),
              ...(random.chance(0.3) ? { hostPort: port } : {}),
            },
          ],
        }
      : {}),
    ...(random.chance(0.5)
      ? {
          resources: {
            limits: { cpu: "500m", memory: "64Mi" },
            ...(random.chance(0.5) ? { requests: { cpu: "100m" } } : {}),
          },
        }
      : {}),
  });
  return {
    containers: [container("a", 80), container("b", 81)],
    ...(random.chance(0.3) ? { hostNetwork: true } : {}),
    ...(random.chance(0.3) ? { restartPolicy: random.pick(["Never", "OnFailure"]) } : {}),
    ...(random.chance(0.3) ? { serviceAccountName: "robot" } : {}),
    ...(random.chance(0.2) ? { serviceAccount: "old-robot" } : {}),
    ...(random.chance(0.3) ? { volumes: [{ name: "none" }] } : {}),
  };
}

/** What our functions say of a pod as its author wrote it. */
function effective(spec: PodSpec): object {
  return {
    restartPolicy: effectiveRestartPolicy(spec),
    containers: (spec.containers ?? []).map((container) => ({
      imagePullPolicy: effectiveImagePullPolicy(container),
      ports: (container.ports ?? []).map((port) => ({
        hostPort: effectiveHostPort(spec, port),
        protocol: effectiveProtocol(port),
      })),
      requests: effectiveRequests(container),
    })),
    serviceAccountName: effectiveServiceAccountName(spec),
  };
}

/** The same fields as the API server wrote them out. Without the ServiceAccount plugin it leaves the account's name to its reader. */
function written(spec: PodSpec): object {
  return {
    restartPolicy: spec.restartPolicy,
    containers: (spec.containers ?? []).map((container) => ({
      imagePullPolicy: container.imagePullPolicy,
      ports: (container.ports ?? []).map((port) => ({ hostPort: port.hostPort ?? 0, protocol: port.protocol })),
      requests: container.resources?.requests ?? {},
    })),
    serviceAccountName: spec.serviceAccountName ?? "default",
  };
}
