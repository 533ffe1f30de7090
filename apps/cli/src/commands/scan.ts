import type { Command } from "../command.ts";
import { baseline, exceptions, failOn, minScore, quiet, writeBaseline } from "../flags/gate.ts";
import { evidenceFlags, nodeFlags } from "../flags/evidence.ts";
import { globalFlags } from "../flags/global.ts";
import { inputFlags } from "../flags/input.ts";
import { drift, liveFlags } from "../flags/live.ts";
import { type OutputFlags, outputFlags } from "../flags/output.ts";
import { control, layer, selector, severity, skipControl } from "../flags/selection.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";
import { pathArgument } from "./path-argument.ts";

export const REPORT_FORMATS = [
  "table",
  "json",
  "yaml",
  "sarif",
  "junit",
  "html",
  "markdown",
  "gitlab",
  "csv",
  "oscal",
] as const;

export const scanOutput: OutputFlags<(typeof REPORT_FORMATS)[number]> = outputFlags(REPORT_FORMATS, "table");

export const scan: Command = {
  path: ["scan"],
  summary: "Assess manifests, charts, pipelines or a cluster: findings, checklist, score",
  description:
    "Judges every layer from the files given: Kubernetes manifests, Helm charts, kustomizations, pipelines, audit policies, " +
    "Falco rules, Rego. With --live, the running cluster: its objects, what admission made of its pods, what its components show of " +
    "themselves; with --node, this machine as one of its nodes. What the input cannot tell is unknown, never pass.",
  argument: pathArgument,
  flags: [
    ...inputFlags,
    ...liveFlags,
    ...evidenceFlags,
    ...nodeFlags,
    drift,
    selector,
    control,
    skipControl,
    layer,
    severity,
    failOn,
    minScore,
    exceptions,
    baseline,
    writeBaseline,
    ...scanOutput.flags,
    quiet,
    ...globalFlags,
  ],
  examples: [
    { does: "a folder and the folders inside it", line: "redoubt scan -R deploy/" },
    { does: "what another tool printed", line: "helm template shop ./chart | redoubt scan -" },
    { does: "the running cluster", line: "redoubt scan --live --context production" },
    { does: "the cluster, and where it differs from the files", line: "redoubt scan -R deploy/ --live --drift" },
    { does: "this node: files, command lines, configuration", line: "sudo redoubt scan --node" },
    {
      does: "also how Secrets lie in etcd, and whether audit events come out",
      line: "redoubt scan --live --etcd https://10.0.0.5:2379 --etcd-cacert ca.crt --etcd-cert client.crt --etcd-key client.key --audit-log /var/log/kubernetes/audit.log",
    },
    { does: "a cluster as it was", line: "redoubt scan --snapshot monday.json.gz" },
    {
      does: "a table here, SARIF for the code host, in one run",
      line: "redoubt scan -R . -o table -o sarif --output-file redoubt.sarif",
    },
    {
      does: "fail a pipeline only on what is new",
      line: "redoubt scan -R . --baseline redoubt-baseline.json --fail-on medium",
    },
  ],
  success: "no finding at or above --fail-on",
  exitCodes: [
    { code: 1, means: "findings at or above --fail-on that no exception or baseline covers" },
    usageCode,
    incompleteCode,
    { code: 4, means: "the score is below --min-score" },
  ],
  load: async () => (await import("../actions/scan.ts")).runScan,
};
