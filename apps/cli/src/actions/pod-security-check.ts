import { type ClusterSnapshot, type Diagnostic, type Workload, describeResource } from "@redoubt/kube";
import {
  LEVELS,
  type Level,
  type LevelVersion,
  type Version,
  admitPod,
  admitWorkload,
  evaluatePod,
  formatLevelVersion,
  formatVersion,
  formatViolations,
  policyOfNamespace,
} from "@redoubt/pod-security";
import { createColors } from "picocolors";
import type { Action } from "../command.ts";
import { level, podSecurityCheckOutput, version } from "../commands/pod-security.ts";
import { EXIT } from "../exit-code.ts";
import { wantsColor } from "../terminal/host.ts";
import { plain } from "../terminal/plain.ts";
import { formatTable } from "../terminal/table.ts";
import { writeOutput } from "../terminal/write-output.ts";
import { resourcePlace } from "./place.ts";
import { readVersion } from "./pod-security-version.ts";
import { readInput } from "./read-input.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";

/** What the standards say of one pod or workload. */
interface Judgement {
  readonly object: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly place: string;
  /** The level judged by, and who asked for it; with `none`, the strictest level met. */
  readonly standard: string;
  readonly askedBy: "flag" | "namespace" | "none";
  readonly verdict: "meets" | "violates";
  /** The API server's words for a violation. */
  readonly message?: string;
  /** Where nobody asked for a level: the next stricter one, and what is in its way. */
  readonly next?: { readonly standard: string; readonly violations: string };
}

export const runPodSecurityCheck: Action = async (invocation) => {
  const { args, host } = invocation;
  const targets = podSecurityCheckOutput.targets(args);
  const asked = { level: args.get(level), version: readVersion(args.get(version)) };
  const { snapshot } = await readInput(invocation);
  const { judgements, warnings } = judgeAll(snapshot, asked);
  const incomplete = reportDiagnostics(host, [...snapshot.diagnostics, ...warnings]);
  if (judgements.length === 0) host.stderr.write("no pods or workloads among the input\n");
  for (const { format, file } of targets) {
    const color = file === undefined && wantsColor(host.stdout, host.env);
    const text =
      format === "json" ? `${JSON.stringify({ judgements }, undefined, 2)}\n` : formatJudgements(judgements, color);
    await writeOutput(host, file, text);
  }
  if (incomplete) return EXIT.incomplete;
  return judgements.some(({ verdict }) => verdict === "violates") ? EXIT.findings : EXIT.clean;
};

interface Asked {
  readonly level: Level | undefined;
  readonly version: Version | undefined;
}

function judgeAll(
  snapshot: ClusterSnapshot,
  asked: Asked,
): { readonly judgements: readonly Judgement[]; readonly warnings: readonly Diagnostic[] } {
  const warnings: Diagnostic[] = [];
  const enforced = new Map<string, LevelVersion>();
  for (const { name, labels, origin } of snapshot.list("Namespace")) {
    const { policy, errors } = policyOfNamespace(labels);
    for (const { label, message } of errors) {
      warnings.push({
        code: "POD_SECURITY_LABEL",
        severity: "warning",
        message: `the API server would refuse Namespace ${name}: ${message}`,
        ...(origin.kind === "file" ? { file: origin.file, region: origin.locate(["metadata", "labels", label]) } : {}),
      });
    }
    if (Object.hasOwn(labels, "pod-security.kubernetes.io/enforce")) enforced.set(name, policy.enforce);
  }
  const judgements = snapshot.workloads.map((workload) => {
    const ofNamespace = enforced.get(workload.namespace);
    if (asked.level !== undefined) {
      return judge(
        workload,
        { level: asked.level, version: asked.version ?? ofNamespace?.version ?? "latest" },
        "flag",
      );
    }
    if (ofNamespace !== undefined) {
      return judge(workload, { ...ofNamespace, version: asked.version ?? ofNamespace.version }, "namespace");
    }
    return strictestMet(workload, asked.version ?? "latest");
  });
  return { judgements, warnings };
}

function judge(workload: Workload, standard: LevelVersion, askedBy: "flag" | "namespace"): Judgement {
  const message = violationOf(workload, standard);
  return {
    ...describe(workload),
    standard: formatLevelVersion(standard),
    askedBy,
    verdict: message === undefined ? "meets" : "violates",
    ...(message === undefined ? {} : { message }),
  };
}

/** A pod is denied; what makes pods is accepted with a warning, and its pods are denied later. */
function violationOf(
  { object, namespace, podMetadata, podSpec }: Workload,
  standard: LevelVersion,
): string | undefined {
  const request = { metadata: podMetadata, spec: podSpec };
  const mode = object.known === "Pod" ? "enforce" : "warn";
  const namespaceLabels = {
    [`pod-security.kubernetes.io/${mode}`]: standard.level,
    [`pod-security.kubernetes.io/${mode}-version`]: formatVersion(standard.version),
  };
  return object.known === "Pod"
    ? admitPod({ namespace, namespaceLabels }, { pod: request }).message
    : admitWorkload({ namespace, namespaceLabels }, request).warnings[0];
}

function strictestMet(workload: Workload, ofVersion: Version): Judgement {
  const results = LEVELS.map((candidate) => {
    const standard = { level: candidate, version: ofVersion };
    return { standard: formatLevelVersion(standard), ...evaluatePod(standard, workload.podMetadata, workload.podSpec) };
  });
  const blocked = results.findIndex(({ allowed }) => !allowed);
  const next = results[blocked];
  return {
    ...describe(workload),
    standard: results.at(blocked === -1 ? -1 : blocked - 1)?.standard ?? "",
    askedBy: "none",
    verdict: "meets",
    ...(next === undefined ? {} : { next: { standard: next.standard, violations: formatViolations(next.results) } }),
  };
}

function describe({
  object,
}: Workload): Pick<Judgement, "object" | "apiVersion" | "kind" | "namespace" | "name" | "place"> {
  const { apiVersion, kind, namespace, name } = object;
  return { object: describeResource(object), apiVersion, kind, namespace, name, place: resourcePlace(object) };
}

function formatJudgements(judgements: readonly Judgement[], color: boolean): string {
  if (judgements.length === 0) return "";
  const paint = createColors(color);
  return formatTable(
    ["VERDICT", "STANDARD", "OBJECT", "PLACE"],
    judgements.map(({ verdict, standard, object, place, message, next }) => ({
      cells: [verdict, standard, plain(object), plain(place)],
      paint: verdict === "violates" ? paint.red : paint.green,
      below:
        message === undefined
          ? next === undefined
            ? undefined
            : plain(`not ${next.standard}: ${next.violations}`)
          : plain(message),
    })),
    paint.bold,
  );
}
