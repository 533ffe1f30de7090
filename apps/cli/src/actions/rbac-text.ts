import { type KubeObject, type Path, describeResource } from "@redoubt/kube";
import {
  type AccessIndex,
  type AllowingRule,
  BUILT_IN_ORIGIN,
  type Identity,
  describeSubjectKey,
  formatRule,
  subjectKey,
} from "@redoubt/rbac";
import { resourcePlace } from "./place.ts";

/** Where a field of an RBAC object is: a file's line, a cluster, or Kubernetes' own policy. */
export function accessPlace(object: KubeObject<object>, path: Path): string {
  return object.origin === BUILT_IN_ORIGIN ? BUILT_IN_ORIGIN.context : resourcePlace(object, path);
}

/** A rule's own object and place: of an aggregated role, those of the role that it comes from. */
export function ruleOrigin(
  index: AccessIndex,
  { role, rule, ruleIndex }: Pick<AllowingRule, "role" | "rule" | "ruleIndex">,
): {
  readonly role: string;
  /** When the rule comes into the role by aggregation. */
  readonly from?: string;
  readonly rule: number;
  readonly place: string;
} {
  const source = index.sourceOf(rule) ?? { role, index: ruleIndex };
  const place = accessPlace(source.role.object, ["rules", source.index]);
  const described = { role: describeResource(role.object), rule: source.index, place };
  return source.role === role ? described : { ...described, from: describeResource(source.role.object) };
}

/** One allowing rule for JSON documents. */
export function grantDocument(index: AccessIndex, by: AllowingRule): object {
  const key = subjectKey(by.subject);
  const { role, from, rule, place } = ruleOrigin(index, by);
  return {
    subject: key === undefined ? by.subject.name : describeSubjectKey(key),
    binding: describeResource(by.binding.object),
    bindingPlace: accessPlace(by.binding.object, ["subjects", by.subject.index]),
    role,
    ...(from === undefined ? {} : { aggregatedFrom: from }),
    rule: by.rule,
    ruleIndex: rule,
    rulePlace: place,
  };
}

/** Lines that say why something is allowed. */
export function grantLines(index: AccessIndex, by: AllowingRule): readonly string[] {
  const key = subjectKey(by.subject);
  const { role, from, rule, place } = ruleOrigin(index, by);
  return [
    `${describeResource(by.binding.object)} gives ${role} to ${key === undefined ? by.subject.name : describeSubjectKey(key)} (${accessPlace(by.binding.object, ["subjects", by.subject.index])})`,
    `rule ${rule} of ${from ?? role}: ${formatRule(by.rule)} (${place})`,
  ];
}

export function describeIdentity({ user, groups }: Identity): string {
  if (user === "")
    return `a member of ${groups.filter((group) => !group.startsWith("system:authenticated")).join(", ")}`;
  return describeSubjectKey(`user:${user}`);
}
