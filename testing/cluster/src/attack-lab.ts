/** A namespace with a victim and an attacker, for tests that really take the steps of attack paths. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { isJsonObject, stringAt } from "@redoubt/kube";
import { ApiClient, type ApiResponse } from "./api-client.ts";
import type { ControlPlane } from "./control-plane.ts";
import { TEST_IMAGE } from "./node.ts";

const RBAC = "rbac.authorization.k8s.io";
/** Where the kubelet puts a pod's token. */
export const TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

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

/** What a lab's attacker starts with. */
export interface LabSetup {
  /** In its namespace. */
  readonly rights?: readonly LabRule[];
  /** In the whole cluster. */
  readonly clusterRights?: readonly LabRule[];
  /** Who gets them; the attacker when nothing is said. */
  readonly subject?: { readonly kind: "User" | "Group" | "ServiceAccount"; readonly name: string };
  /** The Pod Security level that the namespace enforces. */
  readonly level?: "baseline" | "restricted";
}

/** A namespace of its own with ServiceAccounts `victim` and `attacker`. */
export class AttackLab {
  readonly plane: ControlPlane;
  readonly namespace: string;
  /** With the attacker's token. */
  readonly attacker: ApiClient;
  readonly attackerToken: string;

  private constructor(plane: ControlPlane, namespace: string, token: string) {
    this.plane = plane;
    this.namespace = namespace;
    this.attackerToken = token;
    this.attacker = new ApiClient({ url: plane.url, ca: plane.ca.certificate, token });
  }

  static async create(plane: ControlPlane, namespace: string, setup: LabSetup): Promise<AttackLab> {
    const post = async (path: string, body: object): Promise<void> => created(await plane.admin.post(path, body));
    const labels = setup.level === undefined ? {} : { "pod-security.kubernetes.io/enforce": setup.level };
    await post("/api/v1/namespaces", { metadata: { name: namespace, labels } });
    for (const name of ["victim", "attacker"])
      await post(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
    const { rights = [], clusterRights = [], subject = { kind: "ServiceAccount", name: "attacker" } } = setup;
    const grant = async (kind: "Role" | "ClusterRole", path: string, rules: readonly LabRule[]): Promise<void> => {
      if (rules.length === 0) return;
      const name = `${namespace}-attacker`;
      await post(`${path}roles`, { metadata: { name }, rules });
      await post(`${path}rolebindings`, {
        metadata: { name },
        roleRef: { apiGroup: RBAC, kind, name },
        subjects: [subject.kind === "ServiceAccount" ? { ...subject, namespace } : { ...subject, apiGroup: RBAC }],
      });
    };
    await grant("Role", `/apis/${RBAC}/v1/namespaces/${namespace}/`, rights);
    await grant("ClusterRole", `/apis/${RBAC}/v1/cluster`, clusterRights);
    return new AttackLab(plane, namespace, await plane.serviceAccountToken(namespace, "attacker"));
  }

  path(resource: string, group = ""): string {
    return `${group === "" ? "/api/v1" : `/apis/${group}`}/namespaces/${this.namespace}/${resource}`;
  }

  /** What the administrator makes in the namespace. */
  async make(resource: string, body: object, group = ""): Promise<void> {
    created(await this.plane.admin.post(this.path(resource, group), body));
  }

  /** A pod that runs a shell script to its end. */
  pod(name: string, script: string, spec: object = {}, container: object = {}): object {
    return {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: this.namespace },
      spec: {
        restartPolicy: "Never",
        ...spec,
        containers: [
          { name: "c", image: TEST_IMAGE, imagePullPolicy: "Never", command: ["sh", "-c", script], ...container },
        ],
      },
    };
  }

  /** Has the administrator start a pod, and waits until it runs or has ended. */
  async start(name: string, script: string, spec: object = {}, container: object = {}): Promise<void> {
    await this.make("pods", this.pod(name, script, spec, container));
    await this.until(async () => !["", "Pending"].includes(await this.phaseOf(name)));
  }

  async phaseOf(pod: string): Promise<string> {
    return stringAt((await this.plane.admin.get(this.path(`pods/${pod}`))).body, ["status", "phase"]) ?? "";
  }

  /** What a pod printed, read once it has ended by the administrator: it stands for a way out that the pod has itself. */
  async outputOf(name: string): Promise<string> {
    await this.until(async () => ["Succeeded", "Failed"].includes(await this.phaseOf(name)));
    const { body } = await this.plane.admin.get(this.path(`pods/${name}/log`));
    return typeof body === "string" ? body : JSON.stringify(body);
  }

  async until(ready: () => Promise<boolean>): Promise<void> {
    for (let attempt = 0; attempt < 300; attempt += 1) {
      if (await ready()) return;
      await sleep(200);
    }
    assert.fail(`nothing came in ${this.namespace} within 60 s`);
  }

  /** The user name that a token authenticates as; empty when the API server takes it for none. */
  async whoIs(token: string): Promise<string> {
    const client = new ApiClient({ url: this.plane.url, ca: this.plane.ca.certificate, token: token.trim() });
    const user = await whoAmI(client);
    client.close();
    return user;
  }

  /** A client with the attacker's token that asks to be somebody else. */
  attackerAs(user: string, group?: string): ApiClient {
    return new ApiClient({
      url: this.plane.url,
      ca: this.plane.ca.certificate,
      token: this.attackerToken,
      headers: { "impersonate-user": user, ...(group === undefined ? {} : { "impersonate-group": group }) },
    });
  }

  get victim(): string {
    return `system:serviceaccount:${this.namespace}:victim`;
  }
}

export async function whoAmI(client: ApiClient): Promise<string> {
  const { body } = await client.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {});
  return stringAt(body, ["status", "userInfo", "username"]) ?? "";
}

/** The reason that an API server gives in a Status; the text of an answer that is none. */
export function messageOf({ status, body }: ApiResponse): string {
  return `${status} ${isJsonObject(body) ? (stringAt(body, ["message"]) ?? "") : String(body)}`;
}

function created(response: ApiResponse): void {
  assert.equal(response.status, 201, messageOf(response));
}
