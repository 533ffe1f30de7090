import type { BindingView, RoleView } from "../model/access.ts";
import type { SubjectKey } from "../model/identity.ts";
import type { AccessIndex } from "./access-index.ts";
import type { AccessRequest } from "./authorizer.ts";
import { type AtomicRule, atomsOf, describeMissing } from "./covers.ts";
import { groupMatches, nameMatches, resourceEntryMatches, urlEntryMatches, verbMatches } from "./rule-matching.ts";

/** What a subject was given by one binding and did not use. */
export interface UnusedRights {
  readonly binding: BindingView;
  readonly role: RoleView;
  /** Rules in the API server's compact text. */
  readonly rights: readonly string[];
  /** Nothing that the binding gives was used. */
  readonly all: boolean;
}

/** The rights of a subject's own bindings that none of these requests made use of. */
export function unusedRights(
  index: AccessIndex,
  subject: SubjectKey,
  used: readonly AccessRequest[],
): readonly UnusedRights[] {
  return ["", ...index.namespacesOf(subject)].flatMap((scope) =>
    index.grantsOf(subject, scope).flatMap(({ binding }): UnusedRights[] => {
      const role = index.roleOf(binding);
      if (role === undefined) return [];
      const here = used.filter(
        (request) => scope === "" || (request.kind === "resource" && request.namespace === scope),
      );
      const atoms = index.rulesOf(role).flatMap(atomsOf);
      const idle = atoms.filter((atom) => !here.some((request) => atomAllows(atom, request)));
      return idle.length === 0
        ? []
        : [{ binding, role, rights: describeMissing(idle), all: idle.length === atoms.length }];
    }),
  );
}

function atomAllows(atom: AtomicRule, request: AccessRequest): boolean {
  if (!verbMatches({ verbs: [atom.verb] }, request.verb)) return false;
  if (atom.kind === "url") return request.kind === "url" && urlEntryMatches(atom.url, request.url);
  if (request.kind === "url") return false;
  const resource = request.subresource === "" ? request.resource : `${request.resource}/${request.subresource}`;
  return (
    groupMatches({ apiGroups: [atom.group] }, request.group) &&
    resourceEntryMatches(atom.resource, resource) &&
    nameMatches({ resourceNames: atom.name === undefined ? [] : [atom.name] }, request.name)
  );
}
