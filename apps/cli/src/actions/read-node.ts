import { ClusterSnapshot, type Diagnostic, collectNodeEvidence, loadSnapshot } from "@redoubt/kube";
import type { Invocation } from "../command.ts";
import { nodeName, nodeRoot } from "../flags/evidence.ts";
import { progressOn } from "../terminal/progress.ts";

/** What this machine shows of itself as a node: evidence, and the configuration files of its components as objects. */
export async function readNode({ args, host }: Invocation): Promise<ClusterSnapshot> {
  const progress = progressOn(host);
  progress.update("looking at this node");
  const root = args.get(nodeRoot);
  const name = args.get(nodeName);
  try {
    const { evidence, configurationFiles, unreadable } = await collectNodeEvidence({
      ...(root === undefined ? {} : { root }),
      ...(name === undefined ? {} : { node: name }),
      now: host.now,
    });
    const { objects, artifacts, diagnostics } = await loadSnapshot({ paths: configurationFiles });
    const problems = unreadable.map(({ path, message }): Diagnostic => ({
      code: "NODE_UNREADABLE",
      severity: "error",
      message: `${path} could not be looked at: ${message}`,
      hint: "run redoubt as root",
    }));
    const nothing: Diagnostic = {
      code: "NODE_EMPTY",
      severity: "error",
      message: `nothing of Kubernetes is on this machine${root === undefined ? "" : ` under ${root}`}: no component runs, and no file of one is there`,
      hint: "run it on a node of the cluster, or name with --node-root where the node's file system is mounted",
    };
    return new ClusterSnapshot({
      objects,
      artifacts,
      evidence,
      diagnostics: [...diagnostics, ...problems, ...(evidence.length === 0 ? [nothing] : [])],
    });
  } finally {
    progress.done();
  }
}
