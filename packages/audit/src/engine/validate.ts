import { type Path, isJsonObject, listAt } from "@redoubt/kube";
import { LEVELS, STAGES, isLevel, readAuditPolicy } from "../model/policy.ts";

/** One reason why an API server refuses a policy file. */
export interface PolicyProblem {
  readonly path: Path;
  readonly message: string;
}

/** What an API server refuses in a policy (apiserver pkg/apis/audit/validation, and the file reader's rule count). */
export function validateAuditPolicy(value: unknown): readonly PolicyProblem[] {
  const policy = readAuditPolicy(value);
  const problems: PolicyProblem[] = [];
  policy.omitStages.forEach((stage, index) => problems.push(...stageProblem(stage, ["omitStages", index])));
  const written = listAt(value, ["rules"]);
  for (const [index, rule] of policy.rules.entries()) {
    const at: Path = ["rules", index];
    if (!isJsonObject(written[index])) problems.push({ path: at, message: `rule ${index + 1} is not a mapping` });
    if (!isLevel(rule.level)) {
      const message =
        rule.level === "" ? `rule ${index + 1} has no level` : `level ${quote(rule.level)} does not exist`;
      problems.push({ path: [...at, "level"], message: `${message}: it must be one of ${LEVELS.join(", ")}` });
    }
    if (rule.nonResourceURLs.length > 0 && (rule.resources.length > 0 || rule.namespaces.length > 0))
      problems.push({
        path: [...at, "nonResourceURLs"],
        message: `rule ${index + 1} names both nonResourceURLs and ${rule.resources.length > 0 ? "resources" : "namespaces"}: a rule is about one kind of request only`,
      });
    rule.nonResourceURLs.forEach((url, position) =>
      problems.push(...urlProblem(url, [...at, "nonResourceURLs", position])),
    );
    rule.resources.forEach((entry, position) => {
      const path: Path = [...at, "resources", position];
      if (entry.resourceNames.length > 0 && entry.resources.length === 0)
        problems.push({ path: [...path, "resourceNames"], message: "resourceNames need resources beside them" });
      problems.push(...groupProblem(entry.group, [...path, "group"]));
    });
    rule.omitStages.forEach((stage, position) =>
      problems.push(...stageProblem(stage, [...at, "omitStages", position])),
    );
  }
  return problems;
}

function groupProblem(group: string, path: Path): readonly PolicyProblem[] {
  if (group === "" || group === "*") return [];
  if (group.includes("/"))
    return [
      {
        path,
        message: `group ${quote(group)} carries a version: write the group alone, ${quote(group.split("/")[0] ?? "")}`,
      },
    ];
  const label = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
  if (group.length <= 253 && new RegExp(`^${label}(?:\\.${label})*$`).test(group)) return [];
  return [{ path, message: `group ${quote(group)} is not a lower-case DNS subdomain` }];
}

function urlProblem(url: string, path: Path): readonly PolicyProblem[] {
  if (url === "*") return [];
  if (!url.startsWith("/")) return [{ path, message: `non-resource URL ${quote(url)} must begin with "/" or be "*"` }];
  if (url.slice(0, -1).includes("*"))
    return [{ path, message: `non-resource URL ${quote(url)} has a "*" that is not its last character` }];
  return [];
}

function stageProblem(stage: string, path: Path): readonly PolicyProblem[] {
  if (STAGES.some((known) => known === stage)) return [];
  return [{ path, message: `stage ${quote(stage)} does not exist: the stages are ${STAGES.join(", ")}` }];
}

function quote(text: string): string {
  return JSON.stringify(text);
}
