/** A namespace with a victim and an attacker, for tests that really take the steps of attack paths. */
import assert from "node:assert/strict";
import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { isJsonObject, stringAt } from "@redoubt/kube";
import { ApiClient, type ApiResponse } from "./api-client.ts";
import type { ControlPlane } from "./control-plane.ts";
import { TEST_IMAGE } from "./node.ts";

const RBAC = "rbac.authorization.k8s.io";

/** One rule of the attacker's role. */
export interface LabRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

export function rule(verbs: string, resources: string, group = "", names: readonly string[] = []): LabRule {
  return {
    apiGroups: [group],
    resources: resources.split(" "),
    verbs: verbs.split(" "),
    ...(names.length === 0 ? {} : { resourceNames: names }),
  };
}

/** A namespace of its own: ServiceAccount `victim`, which may read ConfigMaps, and `attacker` with the rights given. */
export class AttackLab {
  readonly plane: ControlPlane;
  readonly namespace: string;
  readonly attacker: ApiClient;

  private constructor(plane: ControlPlane, namespace: string, attacker: ApiClient) {
    this.plane = plane;
    this.namespace = namespace;
    this.attacker = attacker;
  }

  /** `rights` are granted in the namespace or, when `cluster` is set, in the whole cluster. */
  static async create(
    plane: ControlPlane,
    namespace: string,
    rights: readonly LabRule[],
    options: { readonly cluster?: boolean; readonly level?: string } = {},
  ): Promise<AttackLab> {
    const post = async (path: string, body: object): Promise<void> => {
      const { status, body: answer } = await plane.admin.post(path, body);
      assert.ok(status === 201, JSON.stringify(answer));
    };
    const labels = options.level === undefined ? {} : { "pod-security.kubernetes.io/enforce": options.level };
    await post("/api/v1/namespaces", { metadata: { name: namespace, labels } });
    for (const name of ["victim", "attacker"])
      await post(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
    const where = options.cluster === true ? `/apis/${RBAC}/v1` : `/apis/${RBAC}/v1/namespaces/${namespace}`;
    const kind = options.cluster === true ? "ClusterRole" : "Role";
    const name = `${namespace}-attacker`;
    const prefix = options.cluster === true ? "cluster" : "";
    if (rights.length > 0) {
      await post(`${where}/${prefix}roles`, { metadata: { name }, rules: rights });
      await post(`${where}/${prefix}rolebindings`, {
        metadata: { name },
        roleRef: { apiGroup: RBAC, kind, name },
        subjects: [{ kind: "ServiceAccount", namespace, name: "attacker" }],
      });
    }
    const attacker = await plane.serviceAccountClient(namespace, "attacker");
    await sleep(700);
    return new AttackLab(plane, namespace, attacker);
  }

  path(resource: string, group = ""): string {
    return `${group === "" ? "/api/v1" : `/apis/${group}`}/namespaces/${this.namespace}/${resource}`;
  }

  /** A pod that runs a shell script to its end. */
  pod(name: string, script: string, spec: object = {}, container: object = {}): object {
    return {
      metadata: { name },
      spec: {
        restartPolicy: "Never",
        ...spec,
        containers: [
          { name: "c", image: TEST_IMAGE, imagePullPolicy: "Never", command: ["sh", "-c", script], ...container },
        ],
      },
    };
  }

  /** What a pod printed, read by the administrator once it has ended. */
  async outputOf(name: string): Promise<string> {
    await this.until(async () => {
      const { body } = await this.plane.admin.get(this.path(`pods/${name}`));
      return ["Succeeded", "Failed"].includes(stringAt(body, ["status", "phase"]) ?? "");
    });
    return String((await this.plane.admin.get(this.path(`pods/${name}/log`))).body);
  }

  async until(ready: () => Promise<boolean>): Promise<void> {
    for (let attempt = 0; attempt < 300; attempt += 1) {
      if (await ready()) return;
      await sleep(100);
    }
    assert.fail(`nothing came in ${this.namespace} within 30 s`);
  }

  /** The user name that a token authenticates as. */
  async whoIs(token: string): Promise<string> {
    const client = new ApiClient({ url: this.plane.url, ca: this.plane.ca.certificate, token });
    const user = await whoAmI(client);
    client.close();
    return user;
  }

  get victim(): string {
    return `system:serviceaccount:${this.namespace}:victim`;
  }
}

export async function whoAmI(client: ApiClient): Promise<string> {
  const { body } = await client.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {});
  return stringAt(body, ["status", "userInfo", "username"]) ?? "";
}

/** A request with headers of the caller's choice: to be somebody else, or to take what is no JSON. */
export async function requestWith(
  plane: ControlPlane,
  token: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  method: "GET" | "POST" = "GET",
): Promise<ApiResponse> {
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, plane.url),
      { method, ca: plane.ca.certificate, headers: { authorization: `Bearer ${token}`, ...headers } },
      (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => {
          const body: unknown = text.startsWith("{") ? JSON.parse(text) : text;
          resolve({ status: response.statusCode ?? 0, body: isJsonObject(body) ? body : text, warnings: [] });
        });
      },
    );
    sent.on("error", reject);
    sent.end();
  });
}
