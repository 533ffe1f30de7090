/**
 * The answers to many questions about every subject at once. Each set of questions is a bit set: a verb, a group and a
 * resource entry of a rule each stand for the questions they match, a rule for what all three match, a role for what any
 * of its rules does, and equal sets are kept once. So a cluster costs one pass over its rules and one over the subjects of its
 * bindings.
 */
import type { PolicyRule } from "@redoubt/kube";
import type { RoleView } from "../model/access.ts";
import type { SubjectKey } from "../model/identity.ts";
import type { AccessIndex, HeldBinding } from "./access-index.ts";
import { ruleKey } from "./aggregation.ts";
import { nameMatches, resourceEntryMatches } from "./rule-matching.ts";

/** A verb on a resource; with a subresource as rules write it: `pods/log`. No object is named. */
export interface AccessQuestion {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
}

export interface AccessMatrix {
  readonly questions: readonly AccessQuestion[];
  /** Whether a subject may do what question number `question` asks in a namespace, or in the whole cluster when it is empty. */
  allows(subject: SubjectKey, namespace: string, question: number): boolean;
  /** The subjects that may, in a namespace or the whole cluster, in order of their keys. */
  subjectsFor(question: number, namespace: string): readonly SubjectKey[];
  /** How many (subject, scope, question) are allowed by bindings of that very scope. */
  readonly size: number;
}

type Bits = Uint32Array;

/** Answers every question for every subject in every namespace that a binding is in. */
export function accessMatrix(index: AccessIndex, questions: readonly AccessQuestion[]): AccessMatrix {
  const answersOf = roleAnswers(index, questions);
  const rows = new Map<string, Map<SubjectKey, Answers>>();
  let size = 0;
  for (const subject of index.subjects) {
    for (const scope of ["", ...index.namespacesOf(subject)]) {
      const answers = answersOf(index.grantsOf(subject, scope));
      if (answers.count === 0) continue;
      size += answers.count;
      let row = rows.get(scope);
      if (row === undefined) rows.set(scope, (row = new Map()));
      row.set(subject, answers);
    }
  }
  const has = (scope: string, subject: SubjectKey, question: number): boolean =>
    isSet(rows.get(scope)?.get(subject)?.bits, question);
  return {
    questions,
    size,
    allows: (subject, namespace, question) =>
      has("", subject, question) || (namespace !== "" && has(namespace, subject, question)),
    subjectsFor: (question, namespace) => {
      const subjects = new Set<SubjectKey>();
      for (const scope of namespace === "" ? [""] : ["", namespace])
        for (const [subject, { bits }] of rows.get(scope) ?? []) if (isSet(bits, question)) subjects.add(subject);
      return [...subjects].sort();
    },
  };
}

/** Every verb that RBAC knows on each resource that is built in, and on each that some rule names exactly. */
export function matrixQuestions(
  index: AccessIndex,
  resources: readonly (readonly [group: string, resource: string])[],
): readonly AccessQuestion[] {
  const named = index.roles.flatMap((role) =>
    index
      .rulesOf(role)
      .flatMap(({ apiGroups = [], resources: entries = [] }) =>
        apiGroups.flatMap((group) => entries.map((resource) => [group, resource] as const)),
      ),
  );
  const exact = [...resources, ...named].filter(([group, resource]) => group !== "*" && !resource.includes("*"));
  const keys = new Set(exact.map(([group, resource]) => `${group}\n${resource}`));
  return [...keys].sort().flatMap((key) => {
    const [group = "", resource = ""] = key.split("\n");
    return VERBS.map((verb) => ({ verb, group, resource }));
  });
}

const VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

/** What is allowed together: the same object wherever the same roles come together, so that subjects of a kind share it. */
interface Answers {
  readonly bits: Bits;
  readonly count: number;
  /** What this becomes with another's added. */
  readonly with: Map<Answers, Answers>;
}

/** What bindings allow together. */
function roleAnswers(
  index: AccessIndex,
  questions: readonly AccessQuestion[],
): (grants: readonly HeldBinding[]) => Answers {
  const words = Math.ceil(questions.length / 32);
  const bitsOfRule = ruleBits(questions, words);
  const known = new Map<string, Answers>();
  const answers = (bits: Bits): Answers => {
    const key = bits.join();
    let same = known.get(key);
    if (same === undefined) known.set(key, (same = { bits, count: population(bits), with: new Map() }));
    return same;
  };
  const nothing = answers(new Uint32Array(words));
  const together = (left: Answers, right: Answers): Answers => {
    if (left === nothing || left === right) return right;
    let both = left.with.get(right);
    if (both === undefined) {
      const bits = left.bits.slice();
      unite(bits, right.bits);
      left.with.set(right, (both = answers(bits)));
    }
    return both;
  };
  const byRole = new Map<RoleView, Answers>();
  const ofRole = (role: RoleView): Answers => {
    let own = byRole.get(role);
    if (own === undefined) {
      const bits = new Uint32Array(words);
      for (const rule of index.rulesOf(role)) unite(bits, bitsOfRule(rule));
      byRole.set(role, (own = answers(bits)));
    }
    return own;
  };
  return (grants) => {
    let all = nothing;
    for (const { binding } of grants) {
      const role = index.roleOf(binding);
      if (role !== undefined) all = together(all, ofRole(role));
    }
    return all;
  };
}

function ruleBits(questions: readonly AccessQuestion[], words: number): (rule: PolicyRule) => Bits {
  const where = (matches: (question: AccessQuestion) => boolean): Bits => {
    const bits = new Uint32Array(words);
    for (const [number, question] of questions.entries()) if (matches(question)) set(bits, number);
    return bits;
  };
  const memo = (of: (entry: string) => Bits): ((entry: string) => Bits) => {
    const known = new Map<string, Bits>();
    return (entry) => {
      let bits = known.get(entry);
      if (bits === undefined) known.set(entry, (bits = of(entry)));
      return bits;
    };
  };
  const ofVerb = memo((entry) => where(({ verb }) => entry === "*" || entry === verb));
  const ofGroup = memo((entry) => where(({ group }) => entry === "*" || entry === group));
  const ofResource = memo((entry) => where(({ resource }) => resourceEntryMatches(entry, resource)));
  const union = (entries: readonly string[] | undefined, of: (entry: string) => Bits): Bits => {
    const bits = new Uint32Array(words);
    for (const entry of entries ?? []) unite(bits, of(entry));
    return bits;
  };
  const rules = new Map<string, Bits>();
  return (rule) => {
    const key = ruleKey(rule);
    let bits = rules.get(key);
    if (bits !== undefined) return bits;
    bits = union(rule.verbs, ofVerb);
    // A rule with names answers none of the questions, which name no object.
    if (nameMatches(rule, "")) {
      intersect(bits, union(rule.apiGroups, ofGroup));
      intersect(bits, union(rule.resources, ofResource));
    } else bits.fill(0);
    rules.set(key, bits);
    return bits;
  };
}

function set(bits: Bits, number: number): void {
  bits[number >>> 5] = (bits[number >>> 5] ?? 0) | (1 << (number & 31));
}

function isSet(bits: Bits | undefined, number: number): boolean {
  return (((bits?.[number >>> 5] ?? 0) >>> (number & 31)) & 1) === 1;
}

function unite(bits: Bits, other: Bits): void {
  for (let word = 0; word < bits.length; word += 1) bits[word] = (bits[word] ?? 0) | (other[word] ?? 0);
}

function intersect(bits: Bits, other: Bits): void {
  for (let word = 0; word < bits.length; word += 1) bits[word] = (bits[word] ?? 0) & (other[word] ?? 0);
}

function population(bits: Bits): number {
  let count = 0;
  for (let word of bits) for (; word !== 0; word &= word - 1) count += 1;
  return count;
}
