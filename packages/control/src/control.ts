import type { ClusterSnapshot, Edit, JsonObject, Path, Resource } from "@redoubt/kube";

export const SEVERITIES = ["critical", "high", "medium", "low", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The guide's four layers. */
export const LAYERS = ["infrastructure", "cluster", "container", "application"] as const;
export type Layer = (typeof LAYERS)[number];

export type Verdict = "pass" | "fail" | "unknown" | "not-applicable";

/** A requirement of a published framework. `version` is the framework's own: ids move between versions. */
export interface FrameworkReference {
  readonly framework: "CIS" | "NSA-CISA" | "MITRE-ATTACK" | "OWASP-K8S";
  readonly version: string;
  readonly id: string;
}

/** What a verdict rests on. */
export interface Evidence {
  readonly kind: "manifest" | "api" | "metric" | "config-file" | "drill";
  readonly source: string;
  /** RFC 3339; absent for evidence that has no time of its own (a file). */
  readonly time?: string;
  /** `sha256:...` of what was looked at. */
  readonly digest?: string;
}

/** A change that makes a finding go away. Edits address the finding's own object; `adds` are new objects that belong beside it. */
export interface Fix {
  /** One plain sentence: what changes. */
  readonly description: string;
  readonly edits: readonly Edit[];
  readonly adds?: readonly JsonObject[];
  /** What the owner must check, when the change can alter how the workload runs. */
  readonly caution?: string;
}

/** Told by a control about one resource. */
export interface Failure {
  /** Names the value that is wrong and what it allows; complete without the title. */
  readonly message: string;
  /** The field to blame inside the resource; its nearest existing ancestor is shown when it is absent. */
  readonly path?: Path;
  /** Overrides the control's severity where this case is worse or milder. */
  readonly severity?: Severity;
  readonly fix?: Fix;
}

export interface Unknown {
  /** What could not be known. */
  readonly message: string;
  /** What input would tell. */
  readonly needs: string;
  readonly path?: Path;
}

/** Where a control says what it found. A resource may be reported more than once by a control: each failing field is one finding. */
export interface ControlReport {
  pass(resource: Resource): void;
  fail(resource: Resource, failure: Failure): void;
  /** `resource` is undefined when the very thing to look at was not given. */
  unknown(resource: Resource | undefined, unknown: Unknown): void;
}

/** The ten items of the guide's checklist. */
export const CHECKLIST_ITEMS = [
  "rbac",
  "pod-security",
  "network-policies",
  "secrets-at-rest",
  "image-scanning",
  "admission",
  "audit-logging",
  "runtime-monitoring",
  "updates",
  "incident-response",
] as const;
export type ChecklistItemId = (typeof CHECKLIST_ITEMS)[number];

/** One check: everything that is known about it, and how to make it. Checks are pure: no I/O, no clock. */
export interface Control {
  /** `RBAC-001`. Never reused, never renumbered. */
  readonly id: string;
  readonly title: string;
  readonly layer: Layer;
  readonly item: ChecklistItemId;
  readonly severity: Severity;
  readonly references: readonly FrameworkReference[];
  /** Why it matters, in plain words, one to three sentences. */
  readonly rationale: string;
  /** What to do about a finding. */
  readonly remediation: string;
  /** Whole inputs: every one in `failing` gives at least one failure, those in `passing` give none and at least one pass. */
  readonly examples: { readonly failing: string; readonly passing: string; readonly file?: string };
  /** Whether findings of this control can carry a fix. */
  readonly fixable: boolean;
  /** Calls `report` for each resource it can judge. Reporting nothing means not applicable. */
  check(snapshot: ClusterSnapshot, report: ControlReport): void;
}
