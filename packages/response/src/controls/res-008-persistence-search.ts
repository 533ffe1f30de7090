import type { Control } from "@redoubt/control";
import { pipelineOf } from "@redoubt/kube";
import { type KubectlCall, type Runbook, runbooksOf } from "../model/runbook.ts";
import { SOUND_RUNBOOK } from "../model/runbook-example.ts";

/** Where an intruder stays, and names under which kubectl knows it. */
const PLACES: readonly { readonly what: string; readonly names: RegExp }[] = [
  { what: "CronJobs and Jobs", names: /^(?:cronjobs?|cj|jobs?)$/ },
  { what: "workloads", names: /^(?:deploy(?:ments?)?|daemonsets?|ds|statefulsets?|sts|all)$/ },
  { what: "pods (static ones have no workload)", names: /^(?:pods?|po|all)$/ },
  { what: "role bindings", names: /^(?:(?:cluster)?rolebindings?)$/ },
  { what: "admission webhooks", names: /^(?:(?:mutating|validating)webhookconfigurations?)$/ },
  { what: "ServiceAccounts and token Secrets", names: /^(?:serviceaccounts?|sa|secrets?)$/ },
];

export const persistenceSearchComplete: Control = {
  id: "RES-008",
  title: "The search for persistence looks where intruders stay",
  layer: "cluster",
  item: "incident-response",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1098.006" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1053.007" },
  ],
  rationale:
    "An intruder leaves a binding, a webhook, a token or a static pod, and none is called after the malware. Looking for a pattern in the names of workloads finds only the careless.",
  remediation:
    "List bindings, webhooks, ServiceAccounts, token Secrets and pods too, whole (-o yaml), and compare them with what Git says.",
  examples: {
    file: "incident-response.sh",
    failing: `#!/bin/bash
# Check for persistence
kubectl get cronjobs,deployments -A | grep -i "$1"
`,
    passing: SOUND_RUNBOOK,
  },
  fixable: false,
  check(snapshot, report) {
    for (const runbook of runbooksOf(snapshot)) {
      const { artifact, kubectl } = runbook;
      const searches = kubectl.filter((call) => call.verb === "get" && isSearch(call));
      const [first] = searches;
      if (first === undefined) continue;
      const kinds = searches.flatMap(kindsOf);
      const missing = PLACES.filter(({ names }) => !kinds.some((kind) => names.test(kind))).map(({ what }) => what);
      const byName = searches.find((call) => grepsNames(call, runbook));
      if (missing.length === 0 && byName === undefined) {
        report.pass(artifact);
        continue;
      }
      const narrow = missing.length === 0 ? [] : [`it does not look at ${missing.join(", ")}`];
      const shallow =
        byName === undefined
          ? []
          : [
              "grep sees only the columns that kubectl get prints, names above all, but not images, commands, environment or annotations (-o yaml has them)",
            ];
      report.fail(artifact, {
        message: `the search finds little of what an intruder leaves: ${[...narrow, ...shallow].join("; ")}`,
        path: ["line", (byName ?? first).line],
      });
    }
  },
};

function kindsOf({ arguments: rest }: KubectlCall): readonly string[] {
  return (rest[0] ?? "").split(",").map((kind) => kind.toLowerCase().split(".")[0] ?? "");
}

/** Several kinds at once, or one over all namespaces; not `get pod NAME` or events. */
function isSearch(call: KubectlCall): boolean {
  const kinds = kindsOf(call);
  if (kinds.every((kind) => ["events", "event", "ev", "nodes", "node", "namespaces", "ns"].includes(kind)))
    return false;
  return (
    kinds.length > 1 ||
    (call.arguments.length === 1 && (call.options.has("-A") || call.options.has("--all-namespaces")))
  );
}

function grepsNames(call: KubectlCall, { commands }: Runbook): boolean {
  if (call.options.has("-o") || call.options.has("--output")) return false;
  const pipeline = pipelineOf(commands, call.command);
  return pipeline
    .slice(pipeline.indexOf(call.command) + 1)
    .some(({ words }) => /^(?:e|f|z)?grep$|^rg$/.test(words[0]?.text ?? ""));
}
