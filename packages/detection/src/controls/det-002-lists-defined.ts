import type { Control } from "@redoubt/control";
import { closestName, conditionOf, definedNames } from "../engine/rule-set.ts";
import { OPTIONAL_NAMES } from "../model/default-names.ts";
import { ruleExample } from "../model/rule-example.ts";
import { ruleItemsOf } from "../model/rules.ts";

const LOOKS_LIKE_LIST =
  /_(?:binaries|images|image_list|files|directories|dirs|ports|namespaces|users|list|procs|processes|containers|domains|addresses|networks|commands|names|filenames|paths|hosts|programs)$/;

export const listsDefined: Control = {
  id: "DET-002",
  title: "Falco rules use lists that exist",
  layer: "cluster",
  item: "runtime-monitoring",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1562" },
    { framework: "OWASP-K8S", version: "2025", id: "K10" },
  ],
  rationale:
    "Falco takes the name of a list that does not exist for plain text, without a warning: the condition compares with the name itself and never matches.",
  remediation: "Use the name that the default rules have, or define the list in this file.",
  examples: {
    file: "falco-rules.yaml",
    failing: ruleExample({ condition: "spawned_process and container and proc.name in (shells_binaries)" }),
    passing: ruleExample({ condition: "spawned_process and container and proc.name in (shell_binaries)" }),
  },
  fixable: false,
  check(snapshot, report) {
    const items = ruleItemsOf(snapshot);
    const { lists } = definedNames(items);
    for (const item of items) {
      const condition = conditionOf(item);
      if (condition === undefined) continue;
      const unknown = condition.listWords.filter(({ word }) => LOOKS_LIKE_LIST.test(word) && !lists.has(word));
      if (unknown.length === 0) report.pass(item.artifact);
      for (const { word, field } of unknown) {
        const meant = closestName(word, lists);
        const optional = OPTIONAL_NAMES.has(word) ? " (the incubating or sandbox rules have one of that name)" : "";
        report.fail(item.artifact, {
          message: `${item.kind} ${JSON.stringify(item.name)} compares ${field} with ${word}, which is no list of this file or of Falco's default rules${meant === undefined ? optional : ` (they have ${meant})`}: it is taken for plain text and never matches`,
          path: [...item.path, "condition"],
        });
      }
    }
  },
};
