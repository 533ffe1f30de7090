import type { Control, Fix } from "@redoubt/control";
import type { Edit } from "@redoubt/kube";
import type { AccessRequest } from "../engine/authorizer.ts";
import { type Grant, grantsOf, listed } from "../engine/holders.ts";
import type { RecordedAccess } from "../engine/recorded-access.ts";
import { type UsedPart, usedPart } from "../engine/used-part.ts";
import { type RoleView, accessModel } from "../model/access.ts";
import { attack, cis, nsa, owasp } from "../model/frameworks.ts";
import { type SubjectKey, describeSubjectKey, subjectKey } from "../model/identity.ts";

/** Fails or passes by what the log has. */
const EXAMPLE = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: app
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [pods]
    verbs: [get, list, watch, delete]
`;

/** What is known of the control before a log is read. */
export const UNUSED_RIGHTS: Omit<Control, "check"> = {
  id: "RBAC-041",
  title: "Rights that their holders did not use",
  layer: "cluster",
  item: "rbac",
  severity: "low",
  references: [...cis("5.1.3"), nsa, attack("T1078"), owasp],
  rationale: "A right that nobody needs serves only whoever takes its holder over.",
  remediation: "Take out what the audit log shows was not used, once the log covers all that the holders do.",
  examples: { failing: EXAMPLE, passing: EXAMPLE },
  fixable: true,
};

/**
 * Holds every role against what those who hold it were seen to do. A role is judged where each of its holders is in the log; one
 * of whom nothing was seen may only have been still.
 */
export function unusedRightsControl(recorded: RecordedAccess): Control {
  return {
    ...UNUSED_RIGHTS,
    check(snapshot, report) {
      const model = accessModel(snapshot);
      for (const role of model.roles) {
        if (role.bootstrap || role.aggregationRule !== undefined) continue;
        const grants = grantsOf(model, role);
        const holders = new Set(grants.flatMap(holdersOf));
        if (holders.size === 0) continue;
        const unseen = [...holders].filter((key) => !recorded.saw(key));
        if (unseen.length > 0) {
          report.unknown(role.object, {
            message: `the audit log has no event of ${listed(unseen.slice(0, 3).map(describeSubjectKey))}${unseen.length > 3 ? " and others" : ""}`,
            needs: "a log of the time in which every holder does its work",
          });
          continue;
        }
        judge(role, usedThrough(recorded, grants), recorded, report);
      }
    },
  };
}

function holdersOf({ binding }: Grant): readonly SubjectKey[] {
  return binding.subjects.flatMap((subject) => subjectKey(subject) ?? []);
}

/** What the holders did where their bindings count, whichever binding let them. */
function usedThrough(recorded: RecordedAccess, grants: readonly Grant[]): readonly AccessRequest[] {
  return grants.flatMap((grant) => {
    const { namespace } = grant.binding;
    return holdersOf(grant).flatMap((key) =>
      [...recorded.usedBy(key)].filter(
        (request) => namespace === "" || (request.kind === "resource" && request.namespace === namespace),
      ),
    );
  });
}

function judge(
  role: RoleView,
  used: readonly AccessRequest[],
  recorded: RecordedAccess,
  report: Parameters<Control["check"]>[1],
): void {
  const parts = role.rules.map((rule) => usedPart(rule, used, (verb) => recorded.logs(verb)));
  const unused = parts.flatMap((part, rule) => describePart(role, part, rule));
  const { first = "", last = "" } = recorded.span ?? {};
  if (unused.length === 0) report.pass(role.object);
  else
    report.fail(role.object, {
      message: `From ${first} to ${last} nobody who holds it used ${listed(unused)}.`,
      path: ["rules"],
      ...(parts.every(({ kind }) => kind === "none") ? {} : { fix: fixOf(parts, unused) }),
    });
}

function describePart(role: RoleView, part: UsedPart, index: number): readonly string[] {
  if (part.kind === "all") return [];
  if (part.kind === "none") return [`rule ${index}`];
  const rule = role.rules[index] ?? {};
  return Object.entries(part.fields).map(([field, values]) => {
    const [, old = []] = Object.entries(rule).find(([name]) => name === field) ?? [];
    const gone = old.includes("*")
      ? `all but ${values.map((value) => (value === "" ? '""' : value)).join(", ")}`
      : old.filter((value: string) => !values.includes(value)).join(", ");
    return `${gone} of the ${field} of rule ${index}`;
  });
}

/** Rules go from the last on, so that the others keep their places. */
function fixOf(parts: readonly UsedPart[], unused: readonly string[]): Fix {
  const edits = parts.flatMap((part, rule): readonly Edit[] => {
    if (part.kind === "none") return [{ op: "remove", path: ["rules", rule] }];
    if (part.kind === "all") return [];
    return Object.entries(part.fields).map(([field, values]) => ({
      op: "set",
      path: ["rules", rule, field],
      value: [...values],
    }));
  });
  return {
    description: `take out ${listed(unused)}`,
    edits: edits.toReversed(),
    caution: "what its holders do seldom may not be in the log: see that it covers that too",
  };
}
