import type { Control, Failure } from "@redoubt/control";
import type { ClusterSnapshot, EvidenceOf } from "@redoubt/kube";
import { evidenceOfType, looksAtCluster } from "../model/evidence.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

/** Who may read and write some files of a node. */
export interface NodeFileRule {
  /** Which files: what of `path` the rule is about. */
  readonly matches: (file: EvidenceOf<"node-file">, snapshot: ClusterSnapshot) => boolean;
  /** The most that the permission bits may allow. */
  readonly mode?: number;
  /** Whether reading it gives something away. Where not, a mode that only lets others read is a small matter. */
  readonly secret: boolean;
  /** `root:root`; any of these. */
  readonly owners?: readonly string[];
  /** What a file like this gives to whoever can read or change it. */
  readonly effect: string;
}

/** Files of a node, and the control that judges who may use them. */
export interface NodeFileSetting extends Omit<Control, "layer" | "references" | "examples" | "fixable" | "check"> {
  /** Ids of the CIS benchmark (model/cis-benchmark.ts). */
  readonly cis: readonly string[];
  readonly rules: readonly NodeFileRule[];
  /** Path, mode and `owner:group` of the example that fails, and of the one that passes. */
  readonly failing: readonly [path: string, mode: string, owner: string];
  readonly passing: readonly [path: string, mode: string, owner: string];
}

export function nodeFileControl(setting: NodeFileSetting): Control {
  const { cis, rules, failing, passing, ...about } = setting;
  return {
    ...about,
    layer: "infrastructure",
    references: [...cisReferences(...cis), { framework: "MITRE-ATTACK", version: "16", id: "T1552.001" }],
    examples: { failing: nodeFile(failing), passing: nodeFile(passing) },
    fixable: false,
    check(snapshot, report) {
      const files = evidenceOfType(snapshot, "node-file");
      for (const file of files) {
        const concerned = rules.filter((rule) => rule.matches(file, snapshot));
        const problems = concerned.flatMap((rule) => problemsOf(file, rule));
        for (const problem of problems) report.fail(file.object, problem);
        if (concerned.length > 0 && problems.length === 0) report.pass(file.object);
      }
      if (files.length === 0 && looksAtCluster(snapshot))
        report.unknown(undefined, {
          message: "who may read and change the files of the nodes is not known: no API shows it",
          needs: "redoubt scan --node on each node",
        });
    },
  };
}

const WRITABLE_BY_OTHERS = 0o022;

function problemsOf(file: EvidenceOf<"node-file">, rule: NodeFileRule): readonly Failure[] {
  const { path, mode, owner, group, node } = file;
  const given = `${owner}:${group}`;
  const where = `${path} on ${node}`;
  const problems: Failure[] = [];
  if (rule.mode !== undefined && (mode & 0o777 & ~rule.mode) !== 0) {
    const wide = `${where} has mode ${octal(mode)} where ${octal(rule.mode)} is enough`;
    const onlyRead = !rule.secret && (mode & WRITABLE_BY_OTHERS) === 0;
    problems.push({
      path: ["mode"],
      message: onlyRead ? `${wide}: others can read it` : `${wide}: ${rule.effect}`,
      ...(onlyRead ? { severity: "low" } : {}),
    });
  }
  if (rule.owners !== undefined && !rule.owners.includes(given))
    problems.push({
      path: ["owner"],
      message: `${where} belongs to ${given}, not to ${rule.owners.join(" or ")}: ${rule.effect}`,
    });
  return problems;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, "0");
}

function nodeFile([path, mode, owner]: readonly [path: string, mode: string, owner: string]): string {
  const [user = "", group = ""] = owner.split(":");
  return `apiVersion: evidence.redoubt.dev/v1
kind: NodeFile
metadata:
  name: control-plane-1
source: the node
time: "2026-11-24T00:00:00Z"
node: control-plane-1
path: ${path}
mode: "${mode}"
owner: ${user}
group: ${group}
`;
}
