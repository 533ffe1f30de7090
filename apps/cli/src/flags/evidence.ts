import { type Flag, booleanFlag, listFlag, textFlag } from "../arguments/flag.ts";
import { UsageError } from "../arguments/usage-error.ts";
import { durationFlag } from "./duration.ts";

export const node: Flag<boolean> = booleanFlag({
  name: "node",
  description:
    "look at this machine as a node, as root: modes of its files, command lines of its components, the files they were given",
});

export const nodeRoot: Flag<string | undefined> = textFlag({
  name: "node-root",
  placeholder: "FOLDER",
  completion: "file",
  description: "with --node: where the node's file system is mounted (default /)",
});

export const nodeName: Flag<string | undefined> = textFlag({
  name: "node-name",
  placeholder: "NAME",
  description: "with --node: the node's name in the cluster (default: the host's name)",
});

/** What `scan` and `checklist` take to look at a node. */
export const nodeFlags: readonly Flag<unknown>[] = [node, nodeRoot, nodeName];

export const etcd: Flag<readonly string[]> = {
  ...listFlag({
    name: "etcd",
    placeholder: "URL[,URL]",
    separator: ",",
    description:
      "with --live: look into etcd how Secrets are stored, such as https://10.0.0.5:2379; only the mark of the encryption is kept",
  }),
  read: (occurrences) =>
    occurrences.flatMap(({ spelling, value }) =>
      value.split(",").map((endpoint) => {
        const url = URL.parse(endpoint.trim());
        if (url?.protocol === "https:" || url?.protocol === "http:") return endpoint.trim();
        throw new UsageError(
          "USAGE_FLAG_VALUE",
          `${spelling} is the address of etcd, such as https://10.0.0.5:2379, not "${endpoint}"`,
        );
      }),
    ),
};

export const etcdCacert: Flag<string | undefined> = textFlag({
  name: "etcd-cacert",
  placeholder: "FILE",
  completion: "file",
  description: "with --etcd: certificate authority of etcd's certificate",
});

export const etcdCert: Flag<string | undefined> = textFlag({
  name: "etcd-cert",
  placeholder: "FILE",
  completion: "file",
  description: "with --etcd: client certificate to show to etcd",
});

export const etcdKey: Flag<string | undefined> = textFlag({
  name: "etcd-key",
  placeholder: "FILE",
  completion: "file",
  description: "with --etcd: private key of the client certificate",
});

export const etcdPrefix: Flag<string | undefined> = textFlag({
  name: "etcd-prefix",
  placeholder: "PATH",
  description: "with --etcd: the API server's --etcd-prefix (default /registry)",
});

export interface SecretFlag {
  readonly namespace: string;
  readonly name: string;
}

export const etcdSecret: Flag<SecretFlag | undefined> = {
  name: "etcd-secret",
  boolean: false,
  placeholder: "NAMESPACE/NAME",
  description: "with --etcd: look at this Secret only (default: at all of them)",
  read: (occurrences) => {
    const last = occurrences.at(-1);
    if (last === undefined) return undefined;
    const [, namespace = "", name = ""] = /^([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(last.value) ?? [];
    if (namespace !== "") return { namespace, name };
    throw new UsageError("USAGE_FLAG_VALUE", `${last.spelling} is NAMESPACE/NAME, not "${last.value}"`);
  },
};

export const etcdCanary: Flag<string | undefined> = textFlag({
  name: "etcd-canary",
  placeholder: "NAMESPACE",
  description:
    "with --etcd: write a Secret with a random value into this namespace first, and delete it afterwards (the only thing a scan ever writes)",
});

export const auditLog: Flag<string | undefined> = textFlag({
  name: "audit-log",
  placeholder: "FILE",
  completion: "file",
  description:
    "with --live: the API server's audit log on this machine; a request that is marked for it must come out of it",
});

export const auditSink: Flag<string | undefined> = {
  name: "audit-sink",
  boolean: false,
  placeholder: "URL",
  description:
    "with --live: a search in what collects audit events, with {mark} where the text goes; the marked request must be found by it",
  read: (occurrences) => {
    const last = occurrences.at(-1);
    if (last === undefined) return undefined;
    const url = URL.parse(last.value);
    if ((url?.protocol === "https:" || url?.protocol === "http:") && last.value.includes("{mark}")) return last.value;
    throw new UsageError(
      "USAGE_FLAG_VALUE",
      `${last.spelling} is an http or https address with {mark} in it, such as https://logs.example/audit/_search?q={mark}`,
    );
  },
};

/** Milliseconds. */
export const auditWait: Flag<number | undefined> = durationFlag({
  name: "audit-wait",
  description: "how long the marked request may take to arrive, such as 10s or 1m (default 5s)",
});

const etcdDetails: readonly Flag<unknown>[] = [etcdCacert, etcdCert, etcdKey, etcdPrefix, etcdSecret, etcdCanary];

/** What `scan`, `checklist` and `snapshot` take to look behind the API server. */
export const evidenceFlags: readonly Flag<unknown>[] = [etcd, ...etcdDetails, auditLog, auditSink, auditWait];

/** Flags that do nothing without another one. */
export const dependentFlags: readonly {
  readonly flags: readonly Flag<unknown>[];
  readonly needs: readonly Flag<unknown>[];
}[] = [
  { flags: [nodeRoot, nodeName], needs: [node] },
  { flags: etcdDetails, needs: [etcd] },
  { flags: [auditWait], needs: [auditLog, auditSink] },
];
