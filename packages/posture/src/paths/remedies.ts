/** What takes an edge away: what it costs those who live with it, how it is said, and how it is made. */
import {
  type Edit,
  type JsonObject,
  type KubeObject,
  type Path,
  applyToValue,
  asJson,
  describeResource,
  isJsonObject,
  jsonText,
  snapshotFromText,
  stringsAt,
  stringAt,
  toFieldPath,
  valueAt,
  ClusterSnapshot,
} from "@redoubt/kube";
import type { Remedy } from "./attack-graph.ts";
import { narrowRules, verbsGoAway } from "./narrow-rules.ts";
import { placesOf } from "./places.ts";

const POD_SPEC: Path = ["spec"];
const ENFORCE = "pod-security.kubernetes.io/enforce";

/** The same remedy has the same key wherever it is offered. */
export function remedyKey(remedy: Remedy): string {
  switch (remedy.kind) {
    case "unbind":
      return `unbind ${describeResource(remedy.binding)} ${remedy.subject}`;
    case "narrow-rule":
      return `narrow ${describeResource(remedy.role)} ${remedy.rule} ${JSON.stringify(remedy.targets)}`;
    case "remove-token":
      return `token ${describeResource(remedy.workload)}`;
    case "harden-workload":
      return `harden ${describeResource(remedy.workload)} ${jsonText(remedy.change)}`;
    case "enforce-baseline":
      return `baseline ${remedy.namespace}`;
    case "unexpose":
      return `unexpose ${describeResource(remedy.service)}`;
    case "fix":
      return `fix ${describeResource(remedy.object)} ${jsonText([remedy.fix.edits, remedy.fix.adds])}`;
  }
}

/**
 * What a remedy costs, in points that add up: two for a change that its owner hardly notices, three for one that somebody
 * has to do without, more where others lose something too. `refused` is how many workloads a Pod Security level would refuse.
 */
export function remedyCost(remedy: Remedy, refused: (namespace: string) => number): number {
  switch (remedy.kind) {
    case "unbind":
      return 3;
    case "narrow-rule":
      return verbsGoAway(remedy) ? 2 : 4;
    case "remove-token":
      return 2;
    case "harden-workload":
      return 3;
    case "enforce-baseline":
      return 2 + 3 * refused(remedy.namespace);
    case "unexpose":
      return 4;
    case "fix":
      return remedy.cost;
  }
}

/** One sentence: what is changed. */
export function describeRemedy(remedy: Remedy): string {
  switch (remedy.kind) {
    case "unbind": {
      const subject = valueAt(objectOf(remedy.binding.value), ["subjects", remedy.subject]);
      return `take ${stringAt(subject, ["kind"]) ?? "subject"} ${stringAt(subject, ["name"]) ?? remedy.subject} out of ${describeResource(remedy.binding)}`;
    }
    case "narrow-rule": {
      const what = remedy.targets.map(({ verbs, resource }) => `${verbs.join(", ")} ${resource}`).join("; ");
      return verbsGoAway(remedy)
        ? `take ${what} out of rule ${remedy.rule} of ${describeResource(remedy.role)}`
        : `remove rule ${remedy.rule} of ${describeResource(remedy.role)}, whose wildcard includes ${what}`;
    }
    case "remove-token":
      return `mount no ServiceAccount token into ${describeResource(remedy.workload)}`;
    case "harden-workload":
      return describeChange(remedy);
    case "enforce-baseline":
      return `enforce Pod Security level baseline in Namespace ${remedy.namespace}`;
    case "unexpose":
      return `make ${describeResource(remedy.service)} a ClusterIP Service`;
    case "fix":
      return remedy.fix.description;
  }
}

function describeChange({ workload, change }: Extract<Remedy, { kind: "harden-workload" }>): string {
  const field = `${toFieldPath(change.path)} of ${describeResource(workload)}`;
  switch (change.kind) {
    case "clear-field":
      return `remove ${field}`;
    case "drop-capability":
      return `take ${change.capability} out of ${field}`;
    case "replace-volume":
      return `make ${field} an emptyDir instead of a hostPath`;
  }
}

/**
 * The snapshot as it is with every remedy made; what they do not touch stays the same object. What changes in a controller's template
 * changes in its Pods, as a rollout has it.
 */
export function applyRemedies(snapshot: ClusterSnapshot, remedies: readonly Remedy[]): ClusterSnapshot {
  const byObject = Map.groupBy(remedies, targetOf);
  const templates = new Map(snapshot.workloads.map(({ object, podSpecPath }) => [object, podSpecPath]));
  const places = placesOf(snapshot);
  const objects = snapshot.objects.map((object) => {
    const own = byObject.get(object);
    if (own !== undefined) return changed(object, own);
    if (object.known !== "Pod") return object;
    const rolledOut = places
      .workloadsOfPod(object.namespace, object.name)
      .flatMap((controller) =>
        (byObject.get(controller) ?? []).flatMap((remedy) => inPod(remedy, object, templates.get(controller) ?? [])),
      );
    return rolledOut.length === 0 ? object : changed(object, rolledOut);
  });
  const added = remedies.flatMap((remedy) => {
    if (remedy.kind === "fix") return (remedy.fix.adds ?? []).flatMap(addedObject);
    return remedy.kind === "enforce-baseline" && remedy.object === undefined
      ? addedObject({
          apiVersion: "v1",
          kind: "Namespace",
          metadata: { name: remedy.namespace, labels: { [ENFORCE]: "baseline" } },
        })
      : [];
  });
  const { artifacts, diagnostics, source, gaps } = snapshot;
  const evidence = snapshot.evidence.filter(({ object }) => !snapshot.objects.includes(object));
  return new ClusterSnapshot({ objects: [...objects, ...added], artifacts, diagnostics, source, gaps, evidence });
}

/** What a change of a template is in a Pod that was made from it. */
function inPod(remedy: Remedy, pod: KubeObject<object>, template: Path): readonly Remedy[] {
  if (remedy.kind === "remove-token") return [{ ...remedy, workload: pod, podSpecPath: POD_SPEC }];
  if (remedy.kind !== "harden-workload") return [];
  const { change } = remedy;
  return [
    { ...remedy, workload: pod, change: { ...change, path: [...POD_SPEC, ...change.path.slice(template.length)] } },
  ];
}

/** The object that a remedy changes; undefined for a Namespace that was not given. */
export function targetOf(remedy: Remedy): KubeObject<object> | undefined {
  switch (remedy.kind) {
    case "unbind":
      return remedy.binding;
    case "narrow-rule":
      return remedy.role;
    case "remove-token":
    case "harden-workload":
      return remedy.workload;
    case "enforce-baseline":
      return remedy.object;
    case "unexpose":
      return remedy.service;
    case "fix":
      return remedy.object;
  }
}

/** The field that a remedy changes. */
export function remedyPath(remedy: Remedy): Path {
  switch (remedy.kind) {
    case "unbind":
      return ["subjects", remedy.subject];
    case "narrow-rule":
      return ["rules", remedy.rule];
    case "remove-token":
      return [...remedy.podSpecPath, "automountServiceAccountToken"];
    case "harden-workload":
      return remedy.change.path;
    case "enforce-baseline":
      return ["metadata", "labels", ENFORCE];
    case "unexpose":
      return ["spec", "type"];
    case "fix":
      return remedy.fix.edits[0]?.path ?? [];
  }
}

function changed(object: KubeObject<object>, remedies: readonly Remedy[]): KubeObject<object> {
  const edits = remedies.flatMap((remedy) => editsOf(object, remedy));
  const value = objectOf(object.value);
  // What removes items of a list is made from its end, so that the others keep their places.
  const removals = edits.filter((edit) => edit.op === "remove").sort(byLastIndexDescending);
  const result = applyToValue(value, [...edits.filter((edit) => edit.op !== "remove"), ...removals]);
  if (result.kind === "refused" || !isJsonObject(result.value)) return object;
  const narrowed = narrowRules(result.value, remedies);
  const labels = remedies.some(({ kind }) => kind === "enforce-baseline")
    ? { ...object.labels, [ENFORCE]: "baseline" }
    : object.labels;
  return { ...object, value: narrowed, labels };
}

function byLastIndexDescending(left: Edit, right: Edit): number {
  const [a, b] = [left.path.at(-1), right.path.at(-1)];
  return typeof a === "number" && typeof b === "number" ? b - a : 0;
}

function editsOf(object: KubeObject<object>, remedy: Remedy): readonly Edit[] {
  switch (remedy.kind) {
    case "unbind":
      return [{ op: "remove", path: ["subjects", remedy.subject] }];
    case "narrow-rule":
      return [];
    case "remove-token":
      return [{ op: "set", path: [...remedy.podSpecPath, "automountServiceAccountToken"], value: false }];
    case "harden-workload":
      return [changeEdit(object, remedy)];
    case "enforce-baseline":
      return [{ op: "set", path: ["metadata", "labels", ENFORCE], value: "baseline" }];
    case "unexpose":
      return [{ op: "set", path: ["spec", "type"], value: "ClusterIP" }];
    case "fix":
      return remedy.fix.edits;
  }
}

function changeEdit(object: KubeObject<object>, { change }: Extract<Remedy, { kind: "harden-workload" }>): Edit {
  switch (change.kind) {
    case "clear-field":
      return { op: "remove", path: change.path };
    case "drop-capability":
      return { op: "remove", path: [...change.path, stringsAt(object.value, change.path).indexOf(change.capability)] };
    case "replace-volume":
      return { op: "set", path: change.path, value: { name: change.name, emptyDir: {} } };
  }
}

function addedObject(value: JsonObject): readonly KubeObject<object>[] {
  return snapshotFromText(jsonText(value), { file: "added" }).objects;
}

/** Objects of known kinds are JSON; their types only say more. */
function objectOf(value: object): JsonObject {
  const json = asJson(value);
  return isJsonObject(json) ? json : {};
}
