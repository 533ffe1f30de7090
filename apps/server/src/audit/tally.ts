/** What an audit has found so far, bounded, and as JSON so that an audit can be taken up where it was left. */
import type { Violation } from "@redoubt/admission";
import type { JsonObject } from "@redoubt/kube";

/** An object that was judged. */
export interface AuditedObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** What a policy holds against an object: one, however many actions it leads to. */
export interface Finding {
  readonly object: AuditedObject;
  readonly policy: { readonly kind: string; readonly name: string };
  readonly message: string;
  readonly actions: readonly Violation["action"][];
  readonly isError: boolean;
}

/** `total` counts all; of `findings` there are only the first ones in order, so that the same cluster gives the same result. */
export interface PolicyTally {
  readonly total: number;
  readonly findings: readonly Finding[];
}

export interface NamespaceTally extends PolicyTally {
  readonly summary: Readonly<Record<ReportedResult, number>>;
}

export type ReportedResult = "pass" | "fail" | "warn" | "error";

export interface TallyLimits {
  /** Findings kept of each policy. */
  readonly ofPolicy: number;
  /** Findings kept of each namespace. */
  readonly ofNamespace: number;
}

export interface TallyJson {
  readonly objects: number;
  readonly policies: readonly (readonly [string, PolicyTally])[];
  readonly namespaces: readonly (readonly [string, NamespaceTally])[];
}

/** Longer messages are cut, as Gatekeeper cuts them. */
const LONGEST_MESSAGE = 256;
const NONE: Readonly<Record<ReportedResult, number>> = { pass: 0, fail: 0, warn: 0, error: 0 };

export class Tally {
  readonly #limits: TallyLimits;
  readonly #policies: Map<string, PolicyTally>;
  readonly #namespaces: Map<string, NamespaceTally>;
  #objects: number;

  constructor(limits: TallyLimits, from: TallyJson = { objects: 0, policies: [], namespaces: [] }) {
    this.#limits = limits;
    this.#objects = from.objects;
    this.#policies = new Map(from.policies);
    this.#namespaces = new Map(from.namespaces);
  }

  /** How many were judged. */
  get objects(): number {
    return this.#objects;
  }

  /** By namespace; what is cluster-scoped has the empty one. */
  get namespaces(): ReadonlyMap<string, NamespaceTally> {
    return this.#namespaces;
  }

  ofPolicy(kind: string, name: string): PolicyTally {
    return this.#policies.get(`${kind}/${name}`) ?? { total: 0, findings: [] };
  }

  add(object: AuditedObject, violations: readonly Violation[]): void {
    this.#objects += 1;
    const findings = findingsOf(object, violations);
    for (const finding of findings) this.#addToPolicy(finding);
    const before = this.#namespaces.get(object.namespace) ?? { total: 0, findings: [], summary: NONE };
    const summary = { ...before.summary };
    if (findings.length === 0) summary.pass += 1;
    for (const finding of findings) summary[reportedResult(finding)] += 1;
    this.#namespaces.set(object.namespace, { ...extended(before, findings, this.#limits.ofNamespace), summary });
  }

  /** What another audit, of other objects, has found. */
  join(other: TallyJson): void {
    this.#objects += other.objects;
    for (const [key, { total, findings }] of other.policies) {
      const before = this.#policies.get(key) ?? { total: 0, findings: [] };
      const joined = extended(before, findings, this.#limits.ofPolicy);
      this.#policies.set(key, { ...joined, total: before.total + total });
    }
    for (const [key, { total, findings, summary }] of other.namespaces) {
      const before = this.#namespaces.get(key) ?? { total: 0, findings: [], summary: NONE };
      const { pass, fail, warn, error } = before.summary;
      this.#namespaces.set(key, {
        ...extended(before, findings, this.#limits.ofNamespace),
        total: before.total + total,
        summary: {
          pass: pass + summary.pass,
          fail: fail + summary.fail,
          warn: warn + summary.warn,
          error: error + summary.error,
        },
      });
    }
  }

  toJson(): TallyJson {
    return { objects: this.#objects, policies: [...this.#policies], namespaces: [...this.#namespaces] };
  }

  #addToPolicy(finding: Finding): void {
    const key = `${finding.policy.kind}/${finding.policy.name}`;
    const before = this.#policies.get(key) ?? { total: 0, findings: [] };
    this.#policies.set(key, extended(before, [finding], this.#limits.ofPolicy));
  }
}

function extended(before: PolicyTally, findings: readonly Finding[], limit: number): PolicyTally {
  if (findings.length === 0) return before;
  const all = [...before.findings, ...findings].sort(compareFindings);
  return { total: before.total + findings.length, findings: all.slice(0, limit) };
}

function findingsOf(object: AuditedObject, violations: readonly Violation[]): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const { policy, message, action, isError } of violations) {
    const key = JSON.stringify([policy.kind, policy.name, message]);
    const { kind, name } = policy;
    const actions = findings.get(key)?.actions ?? [];
    findings.set(key, {
      object,
      policy: { kind, name },
      message: message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE - 3)}...` : message,
      actions: [...actions, action],
      isError,
    });
  }
  return [...findings.values()];
}

/** What only warns or is tried out is no failure yet. */
export function reportedResult({ actions, isError }: Finding): ReportedResult {
  if (isError) return "error";
  return actions.includes("deny") ? "fail" : "warn";
}

function compareFindings(a: Finding, b: Finding): number {
  const order = (finding: Finding): readonly string[] => {
    const { object, policy, message } = finding;
    return [object.apiVersion, object.kind, object.namespace, object.name, policy.kind, policy.name, message];
  };
  const [left, right] = [order(a), order(b)];
  for (const [index, value] of left.entries()) {
    const other = right[index] ?? "";
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}

/** An object as reports refer to it. */
export function referenceOf({ apiVersion, kind, namespace, name, uid }: AuditedObject): JsonObject {
  return { apiVersion, kind, ...(namespace === "" ? {} : { namespace }), name, ...(uid === "" ? {} : { uid }) };
}
