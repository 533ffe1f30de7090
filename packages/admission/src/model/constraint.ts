/** One constraint of Gatekeeper: which objects it is for, with which parameters, and what violations lead to. */
import { type JsonObject, type Path, isJsonObject, listAt, objectAt, stringAt, valueAt } from "@redoubt/kube";
import { type Match, matchProblems, readMatch } from "../engine/gatekeeper/match.ts";
import { type SchemaProblem, schemaProblems, withDefaults } from "../engine/gatekeeper/structural-schema.ts";
import type { Action, PolicyReference } from "./violation.ts";

/** Where a decision is enforced; `scopedEnforcementActions` differ by it. */
export type EnforcementPoint = "validation.gatekeeper.sh" | "audit.gatekeeper.sh" | "gator.gatekeeper.sh";

export interface Constraint {
  readonly kind: string;
  readonly name: string;
  /** How violations name it. */
  readonly policy: PolicyReference;
  readonly match: Match | undefined;
  readonly parameters: JsonObject;
  /** The whole object with its defaults, which CEL code reads. */
  readonly value: JsonObject;
  /** What violations lead to where `point` enforces; none where the constraint is not for it. */
  actions(point: EnforcementPoint): readonly Action[];
}

const STRINGS: JsonObject = { type: "array", items: { type: "string" } };
const GLOBS: JsonObject = {
  type: "array",
  items: { type: "string", pattern: "^(\\*|\\*-)?[a-z0-9]([-:a-z0-9]*[a-z0-9])?(\\*|-\\*)?$" },
};
const SELECTOR: JsonObject = {
  type: "object",
  properties: {
    matchLabels: { type: "object", additionalProperties: { type: "string" } },
    matchExpressions: {
      type: "array",
      items: {
        type: "object",
        required: ["key", "operator"],
        properties: { key: { type: "string" }, operator: { type: "string" }, values: STRINGS },
      },
    },
  },
};

/** What of a constraint's spec Gatekeeper itself declares. */
export const CONSTRAINT_SPEC: JsonObject = {
  type: "object",
  properties: {
    enforcementAction: { type: "string" },
    match: {
      type: "object",
      properties: {
        kinds: { type: "array", items: { type: "object", properties: { apiGroups: STRINGS, kinds: STRINGS } } },
        scope: { type: "string", enum: ["*", "Cluster", "Namespaced"] },
        namespaces: GLOBS,
        excludedNamespaces: GLOBS,
        labelSelector: SELECTOR,
        namespaceSelector: SELECTOR,
        name: { type: "string", pattern: "^(\\*|\\*-)?[a-z0-9]([-:a-z0-9]*[a-z0-9])?(\\*|-\\*)?$" },
        source: { type: "string", enum: ["All", "Generated", "Original"] },
      },
    },
    scopedEnforcementActions: {
      type: "array",
      items: {
        type: "object",
        required: ["action"],
        properties: {
          action: { type: "string" },
          enforcementPoints: { type: "array", items: { type: "object", properties: { name: { type: "string" } } } },
        },
      },
    },
  },
};

const POINTS: readonly EnforcementPoint[] = ["validation.gatekeeper.sh", "audit.gatekeeper.sh", "gator.gatekeeper.sh"];
const PARAMETERS: Path = ["spec", "parameters"];
const ACTIONS: ReadonlySet<string> = new Set(["deny", "warn", "dryrun", "scoped"]);

/** What Gatekeeper refuses about a constraint, given its template's schema of parameters. */
export function constraintProblems(value: JsonObject, schema: JsonObject | undefined): readonly SchemaProblem[] {
  const problems = [
    ...schemaProblems(CONSTRAINT_SPEC, value["spec"], ["spec"]),
    ...schemaProblems(schema, valueAt(value, PARAMETERS), PARAMETERS),
  ];
  const match = readMatch(objectAt(value, ["spec", "match"]));
  if (match !== undefined) {
    for (const message of matchProblems(match)) problems.push({ path: ["spec", "match"], message });
  }
  const action = stringAt(value, ["spec", "enforcementAction"]);
  if (action !== undefined && !ACTIONS.has(action)) {
    const message = `spec.enforcementAction: ${JSON.stringify(action)} is not one of deny, dryrun, warn, scoped`;
    problems.push({ path: ["spec", "enforcementAction"], message });
  }
  return problems;
}

export function readConstraint(value: JsonObject, schema: JsonObject | undefined): Constraint {
  const filled = withDefaults(constraintSchema(schema), value);
  const object = isJsonObject(filled) ? filled : value;
  const kind = stringAt(object, ["kind"]) ?? "";
  const name = stringAt(object, ["metadata", "name"]) ?? "";
  const actions = new Map(POINTS.map((point) => [point, actionsOf(object, point)]));
  return {
    kind,
    name,
    policy: { kind, name },
    match: readMatch(objectAt(object, ["spec", "match"])),
    parameters: objectAt(object, PARAMETERS) ?? {},
    value: object,
    actions: (point) => actions.get(point) ?? [],
  };
}

function constraintSchema(parameters: JsonObject | undefined): JsonObject {
  const spec: JsonObject = { enforcementAction: { type: "string", default: "deny" } };
  if (parameters !== undefined) spec["parameters"] = parameters;
  return { properties: { spec: { properties: spec } } };
}

function actionsOf(object: JsonObject, point: EnforcementPoint): readonly Action[] {
  const action = stringAt(object, ["spec", "enforcementAction"]) ?? "deny";
  if (action !== "scoped") return [asAction(action)];
  const actions = new Set<Action>();
  for (const scoped of listAt(object, ["spec", "scopedEnforcementActions"])) {
    const points = new Set(listAt(scoped, ["enforcementPoints"]).map((entry) => stringAt(entry, ["name"])));
    if (points.has("*") || points.has(point)) actions.add(asAction(stringAt(scoped, ["action"]) ?? ""));
  }
  return [...actions];
}

/** An action that nobody knows only reports, as in Gatekeeper. */
function asAction(action: string): Action {
  return action === "deny" || action === "warn" ? action : "dryrun";
}
