import { type Control, type Evaluation, type Finding, type Fix, evaluate } from "@redoubt/control";
import {
  type ClusterSnapshot,
  type Edit,
  type JsonObject,
  type Resource,
  appendDocument,
  applyEditGroups,
  describeResource,
  jsonText,
  stringAt,
  SourceOrigin,
} from "@redoubt/kube";
import { editableSources, errorsIn, reloadSnapshot } from "./reload.ts";
import type { FixedFile } from "./write-files.ts";

/** Fixes build on one another (a container must exist before its mount does), so they are made in rounds; no chain is longer. */
const MAX_ROUNDS = 8;

export interface FixOptions {
  /** The namespace of objects that name none; `default` when absent. */
  readonly namespace?: string;
  /** Which findings to fix: all that carry a fix when absent. */
  readonly select?: (finding: Finding) => boolean;
}

/** A fix that was made. */
export interface AppliedFix {
  readonly control: Control;
  readonly file: string;
  /** As messages name it. */
  readonly resource: string;
  readonly message: string;
  readonly description: string;
  readonly caution?: string;
}

/** A fix that was not made, and why. */
export interface RefusedFix {
  readonly control: Control;
  /** Where the object came from, as far as it is known. */
  readonly file: string;
  readonly resource: string;
  readonly message: string;
  readonly description: string;
  /** An `EDIT_` code, `FIX_RENDERED`, `FIX_NO_FILE`, `FIX_CONFLICT`, `FIX_BREAKS` or `FIX_UNDONE`. */
  readonly code: string;
  readonly reason: string;
}

export interface FixPlan {
  /** Files whose text changes, in input order. */
  readonly files: readonly FixedFile[];
  readonly applied: readonly AppliedFix[];
  readonly refused: readonly RefusedFix[];
  /** What is still found once the fixes are made, refused ones included. */
  readonly left: readonly Finding[];
  /** The objects and the evaluation as they are with the fixes. */
  readonly snapshot: ClusterSnapshot;
  readonly evaluation: Evaluation;
}

/**
 * Works out what fixing a snapshot's findings changes in its files, without writing them. Fixes are applied to the source text, the new
 * text is scanned again with the same controls, and so on until no fix is left that can be made. Each fix is made whole or refused
 * with a reason; a second run over the fixed files changes nothing.
 */
export function fixSnapshot(
  snapshot: ClusterSnapshot,
  controls: readonly Control[],
  options: FixOptions = {},
): FixPlan {
  const { namespace = "default", select = (): boolean => true } = options;
  const session = new FixSession(snapshot, namespace);
  let evaluation = evaluate(controls, snapshot);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const fixable = findingsOf(evaluation).filter((finding) => finding.fix !== undefined && select(finding));
    if (!session.round(fixable)) break;
    evaluation = evaluate(controls, session.snapshot);
  }
  const left = findingsOf(evaluation);
  return { ...session.outcome(left.filter(select)), left, snapshot: session.snapshot, evaluation };
}

function findingsOf(evaluation: Evaluation): Finding[] {
  return evaluation.results.flatMap(({ findings }) => findings);
}

/** A finding's fix with what it applies to. */
interface Candidate {
  readonly finding: Finding;
  readonly fix: Fix;
  readonly origin: SourceOrigin;
}

class FixSession {
  snapshot: ClusterSnapshot;
  readonly #namespace: string;
  readonly #original: ReturnType<typeof editableSources>;
  readonly #texts = new Map<string, string>();
  /** By fix: what was made once is not made again, so that two fixes that undo one another come to an end. */
  readonly #made = new Map<string, AppliedFix>();
  /** By fix, so that each is reported once, with the reason of the last round. */
  #refused = new Map<string, RefusedFix>();
  readonly #added = new Set<string>();

  constructor(snapshot: ClusterSnapshot, namespace: string) {
    this.snapshot = snapshot;
    this.#namespace = namespace;
    this.#original = editableSources(snapshot);
  }

  /** Applies what can be applied; false when no text changed. */
  round(findings: readonly Finding[]): boolean {
    this.#refused = new Map();
    const before = new Map(this.#texts);
    const byFile = Map.groupBy(this.#candidates(findings), ({ origin }) => origin.file);
    for (const [file, source] of this.#original) {
      const candidates = byFile.get(file);
      if (candidates === undefined) continue;
      const old = this.#texts.get(file) ?? source.text;
      const text = this.#fixFile(file, old, candidates);
      if (text !== old) this.#texts.set(file, text);
    }
    const changed = new Map([...this.#texts].filter(([file, text]) => before.get(file) !== text));
    if (changed.size === 0) return false;
    this.snapshot = reloadSnapshot(this.snapshot, changed, this.#namespace);
    return true;
  }

  /** `left` are the findings that were to be fixed and are still there. */
  outcome(left: readonly Finding[]): Pick<FixPlan, "files" | "applied" | "refused"> {
    const files = [...this.#original].flatMap(([file, source]) => {
      const newText = this.#texts.get(file);
      if (newText === undefined || newText === source.text) return [];
      return [{ file, oldText: source.text, newText, byteOrderMark: source.byteOrderMark }];
    });
    const refused: RefusedFix[] = [];
    for (const finding of left) {
      const { fix } = finding;
      if (fix === undefined) continue;
      const key = keyOf(finding, fix);
      const undone = this.#made.delete(key)
        ? refusal(finding, fix, "FIX_UNDONE", "the finding is still there once the fix is made")
        : undefined;
      const reported = this.#refused.get(key) ?? undone;
      if (reported !== undefined) refused.push(reported);
    }
    return { files, applied: [...this.#made.values()], refused };
  }

  /** The findings whose fixes can be tried; the others are refused here. */
  #candidates(findings: readonly Finding[]): Candidate[] {
    return findings.flatMap((finding) => {
      const { fix, resource } = finding;
      if (fix === undefined || resource === undefined) return [];
      const { origin } = resource;
      if (this.#made.has(keyOf(finding, fix))) {
        this.#refuse(finding, fix, "FIX_UNDONE", "the finding is still there once the fix is made");
      } else if (!(origin instanceof SourceOrigin)) {
        this.#refuse(finding, fix, "FIX_NO_FILE", "the object comes from a cluster, not from a file");
      } else if (origin.rendered !== undefined) {
        this.#refuse(finding, fix, "FIX_RENDERED", renderedReason(origin.rendered, origin.file));
      } else if (origin.file === "<stdin>") {
        this.#refuse(finding, fix, "FIX_NO_FILE", "the object was read from standard input: name its file instead");
      } else if (origin.document < 0 && fix.edits.length > 0) {
        this.#refuse(finding, fix, "FIX_NO_FILE", "the file is no YAML: its text must be changed by hand");
      } else if (fix.adds?.some((object) => this.#isTaken(object)) === true) {
        this.#refuse(finding, fix, "FIX_CONFLICT", "another object of the new object's kind and name exists already");
      } else {
        return [{ finding, fix, origin }];
      }
      return [];
    });
  }

  #fixFile(file: string, text: string, candidates: readonly Candidate[]): string {
    // The slices are those of the text that was evaluated last.
    const [first] = candidates;
    if (first === undefined) return text;
    const slices = first.origin.source.documents;
    const byDocument = Map.groupBy(candidates, ({ origin }) => origin.document);
    this.#finish(byDocument.get(-1) ?? []);
    const parts: string[] = [];
    let position = 0;
    for (const [document, slice] of slices.entries()) {
      const some = byDocument.get(document);
      if (some === undefined) continue;
      parts.push(text.slice(position, slice.start), this.#fixDocument(file, text.slice(slice.start, slice.end), some));
      position = slice.end;
    }
    parts.push(text.slice(position));
    return this.#addObjects(file, parts.join(""), candidates);
  }

  /** One document's new text. When it is read with errors that the old one did not have, the fixes are tried one by one. */
  #fixDocument(file: string, text: string, candidates: readonly Candidate[]): string {
    const groups = candidates.map(({ fix, origin }) => ({ base: origin.base, edits: fix.edits }));
    const { text: edited, refused } = applyEditGroups(text, groups);
    const allowed = errorsIn(text, file).length;
    if (edited === text || errorsIn(edited, file).length <= allowed) {
      for (const [index, { code, reason }] of refused) {
        const candidate = candidates[index];
        if (candidate !== undefined) this.#refuse(candidate.finding, candidate.fix, code, reason);
      }
      this.#finish(candidates.filter((_, index) => !refused.has(index)));
      return edited;
    }
    if (candidates.length > 1) {
      let result = text;
      for (const candidate of candidates) result = this.#fixDocument(file, result, [candidate]);
      return result;
    }
    for (const { finding, fix } of candidates)
      this.#refuse(finding, fix, "FIX_BREAKS", "the API server would refuse the changed object");
    return text;
  }

  #finish(candidates: readonly Candidate[]): void {
    for (const { finding, fix, origin } of candidates) {
      this.#made.set(keyOf(finding, fix), {
        control: finding.control,
        file: origin.file,
        resource: subjectOf(finding.resource),
        message: finding.message,
        description: fix.description,
        ...(fix.caution === undefined ? {} : { caution: fix.caution }),
      });
    }
  }

  /** New objects of the fixes that were made, each once. */
  #addObjects(file: string, text: string, candidates: readonly Candidate[]): string {
    let result = text;
    for (const { finding, fix, origin } of candidates) {
      if (!this.#made.has(keyOf(finding, fix))) continue;
      for (const object of fix.adds ?? []) {
        const identity = jsonText(object);
        if (this.#added.has(identity)) continue;
        this.#added.add(identity);
        result = this.#addObject(result, object, origin);
      }
    }
    return result === text || errorsIn(result, file).length <= errorsIn(text, file).length ? result : text;
  }

  /** Beside the finding's object: into the list that holds it in JSON, else at the end of the file. */
  #addObject(text: string, object: JsonObject, { base }: SourceOrigin): string {
    const [items] = base;
    if (items !== "items" || !text.trimStart().startsWith("{")) return appendDocument(text, object);
    const edits: Edit[] = [{ op: "append", path: ["items"], value: object }];
    const { text: listed, refused } = applyEditGroups(text, [{ base: [], edits }]);
    return refused.size === 0 ? listed : appendDocument(text, object);
  }

  #isTaken(object: JsonObject): boolean {
    if (this.#added.has(jsonText(object))) return false;
    const group = groupOf(stringAt(object, ["apiVersion"]) ?? "");
    const name = stringAt(object, ["metadata", "name"]);
    const namespace = stringAt(object, ["metadata", "namespace"]);
    return this.snapshot.objects.some(
      (other) =>
        other.kind === object["kind"] &&
        other.group === group &&
        other.name === name &&
        (namespace === undefined || other.namespace === namespace),
    );
  }

  #refuse(finding: Finding, fix: Fix, code: string, reason: string): void {
    this.#refused.set(keyOf(finding, fix), refusal(finding, fix, code, reason));
  }
}

function refusal({ control, resource, message }: Finding, fix: Fix, code: string, reason: string): RefusedFix {
  const file = resource?.origin.kind === "file" ? resource.origin.file : "";
  return { control, file, resource: subjectOf(resource), message, description: fix.description, code, reason };
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "" : apiVersion.slice(0, slash);
}

function renderedReason(tool: "helm" | "kustomize", file: string): string {
  return tool === "helm"
    ? `the object is what Helm makes of ${file}: change that template or its values`
    : `the object is what kustomize makes of ${file}: change its sources or add a patch`;
}

function subjectOf(resource: Resource | undefined): string {
  return resource === undefined ? "" : describeResource(resource);
}

/** The same fix of the same object for the same control. */
function keyOf(finding: Finding, fix: Fix): string {
  const origin = finding.resource?.origin;
  const place = origin?.kind === "file" ? [origin.file, origin.document, origin.base] : [subjectOf(finding.resource)];
  return jsonText([finding.control.id, place, fix.edits, fix.adds ?? []]);
}
