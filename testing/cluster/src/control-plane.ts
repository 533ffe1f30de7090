import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RedoubtError } from "@redoubt/kube";
import { ApiClient } from "./api-client.ts";
import { type KubernetesCommand, findBinary } from "./binaries.ts";
import { CertificateAuthority, type KeyPair, serviceAccountKeys } from "./certificates.ts";
import { freePorts } from "./free-port.ts";
import { type ProcessIdentity, identify, isRunning } from "./process-identity.ts";
import { ClusterState, removeCluster, stopProcesses, sweep } from "./state.ts";

/** What a control plane is started with. Configuration objects are written as JSON, which the API server reads as YAML. */
export interface ControlPlaneOptions {
  /** Also run kube-controller-manager and kube-scheduler. */
  readonly controllers?: boolean;
  readonly auditPolicy?: object;
  /** Write audit events to `auditLogPath` (needs `auditPolicy`). */
  readonly auditLog?: boolean;
  /** Send audit events to this webhook (needs `auditPolicy`). */
  readonly auditWebhook?: { readonly url: string; readonly ca?: string };
  /** An EncryptionConfiguration. */
  readonly encryption?: object;
  /** An AdmissionConfiguration. */
  readonly admission?: object;
  readonly featureGates?: Readonly<Record<string, boolean>>;
  /** etcd takes only clients with a certificate of an authority of its own: `etcd-ca.crt`, `etcd-client.crt` and `.key` in `pki`. */
  readonly etcdTls?: boolean;
  /** Flags of kube-apiserver without their dashes; they replace ours, and `null` takes one of ours away. */
  readonly flags?: Readonly<Record<string, string | null>>;
  /** Leave it running when this process ends (until `down`). */
  readonly stays?: boolean;
}

/** Where the control plane listens: loopback, or the address of a network namespace that also holds a node. */
export interface Placement {
  readonly address: string;
  readonly networkNamespace?: string;
}

const LOOPBACK: Placement = { address: "127.0.0.1" };
const START_TIMEOUT_MS = 60_000;

/** A running etcd and kube-apiserver, and what speaks to it. Stop it, or end the process and let the next `sweep` do it. */
export class ControlPlane {
  readonly state: ClusterState;
  readonly ca: CertificateAuthority;
  readonly placement: Placement;
  readonly url: string;
  /** Identity in `system:masters`. */
  readonly admin: ApiClient;
  readonly #adminPair: KeyPair;
  #options: ControlPlaneOptions;
  readonly #port: number;
  /** On loopback. */
  readonly etcdUrl: string;
  #apiServer: ProcessIdentity | undefined;

  private constructor(parts: {
    readonly state: ClusterState;
    readonly ca: CertificateAuthority;
    readonly placement: Placement;
    readonly port: number;
    readonly etcdUrl: string;
    readonly adminPair: KeyPair;
    readonly options: ControlPlaneOptions;
  }) {
    this.state = parts.state;
    this.ca = parts.ca;
    this.placement = parts.placement;
    this.#port = parts.port;
    this.etcdUrl = parts.etcdUrl;
    this.#adminPair = parts.adminPair;
    this.#options = parts.options;
    this.url = `https://${parts.placement.address}:${parts.port}`;
    this.admin = new ApiClient({ url: this.url, ca: parts.ca.certificate, clientCertificate: parts.adminPair });
  }

  /**
   * Starts etcd and kube-apiserver and waits until /readyz answers.
   *
   * @throws RedoubtError `CLUSTER_BINARY_MISSING`, or `CLUSTER_START` with the end of the log of what did not start.
   */
  static async start(
    options: ControlPlaneOptions = {},
    placement: Placement = LOOPBACK,
    given?: ClusterState,
  ): Promise<ControlPlane> {
    if (given === undefined) await sweep();
    const state = given ?? new ClusterState({ stays: options.stays ?? false });
    try {
      const [ca, [port, etcdPort, peerPort]] = await Promise.all([
        CertificateAuthority.create("redoubt-test"),
        freePorts(3),
      ]);
      if (port === undefined || etcdPort === undefined || peerPort === undefined)
        throw new Error("freePorts gave too few");
      const adminPair = await ca.client("redoubt-admin", ["system:masters"]);
      const etcdUrl = `${options.etcdTls === true ? "https" : "http"}://127.0.0.1:${etcdPort}`;
      const plane = new ControlPlane({ state, ca, placement, port, etcdUrl, adminPair, options });
      await plane.#writeKeys();
      plane.#spawn("etcd", {
        "data-dir": join(state.record.folder, "etcd"),
        "listen-client-urls": etcdUrl,
        "advertise-client-urls": etcdUrl,
        "listen-peer-urls": `http://127.0.0.1:${peerPort}`,
        "unsafe-no-fsync": "true",
        "log-level": "warn",
        ...(options.etcdTls === true ? await plane.#etcdCertificates() : {}),
      });
      await plane.#startApiServer();
      if (options.controllers === true) await plane.#startControllers();
      return plane;
    } catch (error) {
      await removeCluster(state.record);
      throw error;
    }
  }

  get folder(): string {
    return this.state.record.folder;
  }

  get auditLogPath(): string {
    return join(this.folder, "audit.log");
  }

  get kubeconfig(): string {
    return join(this.folder, "admin.kubeconfig");
  }

  /** Path of a file in the cluster's `pki` folder. */
  pki(name: string): string {
    return join(this.folder, "pki", name);
  }

  /** A client with a new identity of its own. */
  async clientFor(user: string, groups: readonly string[] = []): Promise<ApiClient> {
    return new ApiClient({
      url: this.url,
      ca: this.ca.certificate,
      clientCertificate: await this.ca.client(user, groups),
    });
  }

  /** A client that authenticates as a service account, by a token the API server issues. */
  async serviceAccountClient(namespace: string, name: string): Promise<ApiClient> {
    return new ApiClient({
      url: this.url,
      ca: this.ca.certificate,
      token: await this.serviceAccountToken(namespace, name),
    });
  }

  async serviceAccountToken(namespace: string, name: string): Promise<string> {
    const { body, status } = await this.admin.post(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { expirationSeconds: 3600 },
    });
    const token = Object(Object(body).status).token;
    if (typeof token !== "string")
      throw new Error(`no token for ${namespace}/${name}: ${status} ${JSON.stringify(body)}`);
    return token;
  }

  /** Writes a kubeconfig for a client certificate identity; returns its path. */
  async writeKubeconfig(name: string, user: string, groups: readonly string[] = []): Promise<string> {
    return this.#writeKubeconfig(join(this.folder, `${name}.kubeconfig`), await this.ca.client(user, groups));
  }

  /** Stops the API server and starts it with other options, on the same data and port. */
  async restartApiServer(options?: ControlPlaneOptions): Promise<void> {
    await this.stopApiServer();
    this.#options = options ?? this.#options;
    await this.#startApiServer();
  }

  async stopApiServer(): Promise<void> {
    if (this.#apiServer !== undefined) await stopProcesses([this.#apiServer]);
  }

  async stop(): Promise<void> {
    this.admin.close();
    await removeCluster(this.state.record);
  }

  /** Runs a component with its log in `NAME.log`, in the placement's network namespace. */
  spawnComponent(
    name: string,
    command: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = process.env,
  ): ProcessIdentity {
    const log = openSync(join(this.folder, `${name}.log`), "a", 0o600);
    const namespace = this.placement.networkNamespace;
    const [file, ...rest] =
      namespace === undefined ? [command, ...args] : ["nsenter", `--net=/run/netns/${namespace}`, command, ...args];
    const child = spawn(file ?? command, rest, { cwd: this.folder, env, detached: true, stdio: ["ignore", log, log] });
    closeSync(log);
    child.on("error", () => {
      // Reported by whoever waits for the component: it is never ready, and its log says why.
    });
    child.unref();
    if (child.pid === undefined) throw startFailure(name, `${command} could not be started`);
    this.state.addProcess(name, child.pid);
    const identity = identify(name, child.pid);
    if (identity === undefined) throw startFailure(name, this.logTail(name));
    return identity;
  }

  /** Waits until `ready` says so; fails early when the process ends. */
  async waitFor(
    component: ProcessIdentity,
    ready: () => Promise<boolean>,
    timeout: number = START_TIMEOUT_MS,
  ): Promise<void> {
    const deadline = Date.now() + timeout;
    while (!(await ready().catch(() => false))) {
      if (!isRunning(component) || Date.now() > deadline)
        throw startFailure(component.name, this.logTail(component.name));
      await sleep(50);
    }
  }

  logTail(name: string): string {
    try {
      return readFileSync(join(this.folder, `${name}.log`), "utf8")
        .split("\n")
        .slice(-25)
        .join("\n");
    } catch {
      return "(no log)";
    }
  }

  async #writeKeys(): Promise<void> {
    mkdirSync(join(this.folder, "pki"), { mode: 0o700 });
    const hosts = [this.placement.address, "127.0.0.1", "localhost", "kubernetes.default.svc", "10.96.0.1"];
    const server = await this.ca.server("kube-apiserver", hosts);
    const kubelet = await this.ca.client("kube-apiserver-kubelet-client", ["system:masters"]);
    const accounts = await serviceAccountKeys();
    const files = {
      "ca.crt": this.ca.certificate,
      "ca.key": this.ca.key,
      "apiserver.crt": server.certificate,
      "apiserver.key": server.key,
      "kubelet-client.crt": kubelet.certificate,
      "kubelet-client.key": kubelet.key,
      "sa.pub": accounts.publicKey,
      "sa.key": accounts.privateKey,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(this.pki(name), text, { mode: 0o600 });
    this.#writeKubeconfig(this.kubeconfig, this.#adminPair);
  }

  /** Writes the certificates of an authority that is etcd's own, and returns the flags of etcd that name them. */
  async #etcdCertificates(): Promise<Record<string, string>> {
    const authority = await CertificateAuthority.create("redoubt-test-etcd");
    const server = await authority.server("etcd", ["127.0.0.1", "localhost"]);
    const client = await authority.client("kube-apiserver-etcd-client");
    const files = {
      "etcd-ca.crt": authority.certificate,
      "etcd-server.crt": server.certificate,
      "etcd-server.key": server.key,
      "etcd-client.crt": client.certificate,
      "etcd-client.key": client.key,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(this.pki(name), text, { mode: 0o600 });
    return {
      "cert-file": this.pki("etcd-server.crt"),
      "key-file": this.pki("etcd-server.key"),
      "trusted-ca-file": this.pki("etcd-ca.crt"),
      "client-cert-auth": "true",
    };
  }

  #writeKubeconfig(path: string, pair: KeyPair): string {
    const config = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        { name: "redoubt", cluster: { server: this.url, "certificate-authority-data": base64(this.ca.certificate) } },
      ],
      users: [
        {
          name: "user",
          user: { "client-certificate-data": base64(pair.certificate), "client-key-data": base64(pair.key) },
        },
      ],
      contexts: [{ name: "redoubt", context: { cluster: "redoubt", user: "user" } }],
      "current-context": "redoubt",
    };
    writeFileSync(path, JSON.stringify(config, null, 2), { mode: 0o600 });
    return path;
  }

  async #startApiServer(): Promise<void> {
    const component = this.#spawn("kube-apiserver", this.#apiServerFlags());
    this.#apiServer = component;
    await this.waitFor(component, async () => (await this.admin.get("/readyz")).status === 200);
  }

  /** Waits until the controllers have made the `default` service account, without which no pod can be created. */
  async #startControllers(): Promise<void> {
    const [managerPort, schedulerPort] = await freePorts(2);
    const shared = { kubeconfig: this.kubeconfig, "leader-elect": "false", "bind-address": "127.0.0.1" };
    const manager = this.#spawn("kube-controller-manager", {
      ...shared,
      "secure-port": String(managerPort),
      "root-ca-file": this.pki("ca.crt"),
      "cluster-signing-cert-file": this.pki("ca.crt"),
      "cluster-signing-key-file": this.pki("ca.key"),
      "service-account-private-key-file": this.pki("sa.key"),
      "use-service-account-credentials": "true",
    });
    this.#spawn("kube-scheduler", { ...shared, "secure-port": String(schedulerPort) });
    const account = "/api/v1/namespaces/default/serviceaccounts/default";
    await this.waitFor(manager, async () => (await this.admin.get(account)).status === 200);
  }

  #apiServerFlags(): Record<string, string> {
    const options = this.#options;
    const flags: Record<string, string | null> = {
      "etcd-servers": this.etcdUrl,
      ...(this.etcdUrl.startsWith("https:")
        ? {
            "etcd-cafile": this.pki("etcd-ca.crt"),
            "etcd-certfile": this.pki("etcd-client.crt"),
            "etcd-keyfile": this.pki("etcd-client.key"),
          }
        : {}),
      "bind-address": this.placement.address,
      "secure-port": String(this.#port),
      "tls-cert-file": this.pki("apiserver.crt"),
      "tls-private-key-file": this.pki("apiserver.key"),
      "client-ca-file": this.pki("ca.crt"),
      "kubelet-client-certificate": this.pki("kubelet-client.crt"),
      "kubelet-client-key": this.pki("kubelet-client.key"),
      "kubelet-certificate-authority": this.pki("ca.crt"),
      "kubelet-preferred-address-types": "InternalIP",
      "service-account-issuer": "https://kubernetes.default.svc",
      "service-account-key-file": this.pki("sa.pub"),
      "service-account-signing-key-file": this.pki("sa.key"),
      "service-cluster-ip-range": "10.96.0.0/16",
      "authorization-mode": "Node,RBAC",
      "allow-privileged": "true",
      "enable-admission-plugins": "NodeRestriction",
      // Without controllers nobody makes the `default` accounts that this plugin insists on.
      ...(options.controllers === true ? {} : { "disable-admission-plugins": "ServiceAccount" }),
      // The endpoints of a loopback API server cannot be published.
      ...(this.placement === LOOPBACK
        ? { "endpoint-reconciler-type": "none" }
        : { "advertise-address": this.placement.address }),
      ...this.#configurationFlags(),
      ...options.flags,
    };
    return Object.fromEntries(Object.entries(flags).filter((entry): entry is [string, string] => entry[1] !== null));
  }

  #configurationFlags(): Record<string, string> {
    const { auditPolicy, auditLog, auditWebhook, encryption, admission, featureGates } = this.#options;
    const file = (name: string, value: object): string => {
      const path = join(this.folder, name);
      writeFileSync(path, JSON.stringify(value, null, 2), { mode: 0o600 });
      return path;
    };
    const gates = Object.entries(featureGates ?? {}).map(([gate, on]) => `${gate}=${on}`);
    return {
      ...(auditPolicy === undefined ? {} : { "audit-policy-file": file("audit-policy.yaml", auditPolicy) }),
      ...(auditLog === true ? { "audit-log-path": this.auditLogPath } : {}),
      ...(auditWebhook === undefined
        ? {}
        : {
            "audit-webhook-config-file": file("audit-webhook.kubeconfig", webhookKubeconfig(auditWebhook)),
            "audit-webhook-batch-max-wait": "1s",
          }),
      ...(encryption === undefined ? {} : { "encryption-provider-config": file("encryption.yaml", encryption) }),
      ...(admission === undefined ? {} : { "admission-control-config-file": file("admission.yaml", admission) }),
      ...(gates.length === 0 ? {} : { "feature-gates": gates.join(",") }),
    };
  }

  #spawn(command: KubernetesCommand, flags: Readonly<Record<string, string>>): ProcessIdentity {
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    return this.spawnComponent(command, findBinary(command), args);
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function webhookKubeconfig(webhook: { readonly url: string; readonly ca?: string }): object {
  const authority = webhook.ca === undefined ? {} : { "certificate-authority-data": base64(webhook.ca) };
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "sink", cluster: { server: webhook.url, ...authority } }],
    users: [{ name: "api-server", user: {} }],
    contexts: [{ name: "sink", context: { cluster: "sink", user: "api-server" } }],
    "current-context": "sink",
  };
}

function startFailure(name: string, detail: string): RedoubtError {
  return new RedoubtError("CLUSTER_START", `${name} did not start:\n${detail}`);
}
