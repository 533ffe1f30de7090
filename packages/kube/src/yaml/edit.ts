import { YAMLException } from "js-yaml";
import type { Edit } from "../edit.ts";
import { type JsonValue, type Path, isJsonObject, valueAt } from "../json.ts";
import { parseDocument } from "./construct.ts";
import type { Source } from "./edit/block.ts";
import { commentsOf, keepsComments } from "./edit/comments.ts";
import { layoutOf } from "./edit/layout.ts";
import { type Plan, aliasesOf, planEdit, walk } from "./edit/plan.ts";
import { type Splice, applySplices } from "./edit/splice.ts";
import { type EditRefusal, applyOne, deepEqual, fieldName } from "./edit/value.ts";
import { parseTree } from "./tree.ts";

export type EditedText =
  | { readonly kind: "edited"; readonly text: string }
  | ({ readonly kind: "refused" } & EditRefusal);

/** Edits that belong together: all are made, or none. */
export interface EditGroup {
  /** Path of the edited object inside the document. */
  readonly base: Path;
  readonly edits: readonly Edit[];
}

export interface EditedGroups {
  readonly text: string;
  /** The groups that were not made, by their index. */
  readonly refused: ReadonlyMap<number, EditRefusal>;
}

/**
 * Makes edits in the text of one YAML or JSON document, all or none. Everything else stays as it is: comments, order, quotes,
 * indentation, anchors and merge keys, line ends. After each change the text is parsed again and compared with the value that the
 * edit asks for; where they differ, or a comment is lost, the edit is refused. Editing to what already holds returns the same text.
 */
export function applyEdits(text: string, edits: readonly Edit[], base: Path = []): EditedText {
  const { text: edited, refused } = applyEditGroups(text, [{ base, edits }]);
  const refusal = refused.get(0);
  return refusal === undefined ? { kind: "edited", text: edited } : { kind: "refused", ...refusal };
}

/** Like `applyEdits` for many objects of one document, or many independent changes of one object: a refused group leaves the others. */
export function applyEditGroups(text: string, groups: readonly EditGroup[]): EditedGroups {
  const refused = new Map<number, EditRefusal>();
  for (;;) {
    const attempt = new Attempt(text, groups, refused);
    const done = attempt.run();
    if (done !== undefined) return { text: done, refused };
  }
}

interface Step {
  readonly edit: Edit;
  /** As the caller gave it, for refusals. */
  readonly original: Edit;
  readonly group: number;
  readonly lane: number;
  readonly floor: number;
}

/** One way through all groups that are not refused yet. */
class Attempt {
  readonly #groups: readonly EditGroup[];
  readonly #refused: Map<number, EditRefusal>;
  /** Steps of each object, in order. Steps of different objects touch different places. */
  readonly #lanes: Step[][];
  readonly #changed = new Set<number>();
  /** Lanes in which a group turned out impossible after part of it was made. */
  readonly #undone = new Set<Step[]>();
  #text: string;
  #source: Source | undefined;

  constructor(text: string, groups: readonly EditGroup[], refused: Map<number, EditRefusal>) {
    this.#text = text;
    this.#groups = groups;
    this.#refused = refused;
    const numbers = new Map<string, number>();
    const lanes: Step[][] = [];
    for (const [index, { base, edits }] of groups.entries()) {
      if (refused.has(index)) continue;
      const key = JSON.stringify(base);
      const lane = numbers.get(key) ?? lanes.push([]) - 1;
      numbers.set(key, lane);
      const steps = edits.map((original) => {
        const edit = { ...original, path: [...base, ...original.path] };
        return { edit, original, group: index, lane, floor: base.length };
      });
      lanes[lane]?.push(...steps);
    }
    this.#lanes = lanes;
  }

  /** The new text; undefined when a group turned out impossible after part of it was made. */
  run(): string | undefined {
    const source = sourceOf(this.#text);
    if (source === undefined) {
      for (const [index, { edits }] of this.#groups.entries()) {
        const [edit] = edits;
        if (edit !== undefined)
          this.#refused.set(index, { edit, code: "EDIT_NOT_YAML", reason: "the document cannot be read as YAML" });
      }
      return this.#text;
    }
    this.#source = source;
    while (this.#lanes.some((lane) => lane.length > 0)) this.#batch(this.#lanes.flatMap((lane) => lane[0] ?? []));
    return this.#undone.size > 0 ? undefined : this.#text;
  }

  /** One step of each of several lanes: together where that is exact, else by halves, down to one alone. */
  #batch(steps: readonly Step[]): void {
    const [only] = steps;
    if (steps.length === 1 && only !== undefined) {
      this.#alone(only);
    } else if (!this.#together(steps)) {
      const half = Math.ceil(steps.length / 2);
      this.#batch(steps.slice(0, half));
      this.#batch(steps.slice(half));
    }
  }

  #together(steps: readonly Step[]): boolean {
    const source = this.#source;
    if (source === undefined) return false;
    const made: Step[] = [];
    const splices: Splice[] = [];
    let expected = source.value;
    for (const step of steps) {
      const plan = this.#plan(source, step);
      if (plan === undefined) continue;
      const value = applyOne(expected, step.edit, step.floor);
      if (value.kind === "refused") return false;
      expected = value.value;
      splices.push(...plan);
      made.push(step);
    }
    if (splices.length > 0 && !this.#accept(splices, () => expected)) return false;
    for (const step of made) this.#finish(step, true);
    return true;
  }

  #alone(step: Step): void {
    const source = this.#source;
    const plan = source === undefined ? undefined : this.#plan(source, step);
    if (source === undefined || plan === undefined) return;
    const wanted = applyOne(source.value, step.edit, step.floor);
    if (wanted.kind === "refused") {
      this.#refuse(step, wanted);
    } else if (this.#accept(plan, (got) => (deepEqual(got, wanted.value) ? got : this.#withPending(step, got)))) {
      this.#finish(step, true);
    } else {
      this.#refuse(step, notExact(source, step.edit));
    }
  }

  /** The splices for a step at the head of its lane; undefined where it needs none, because it holds, is refused or was split up. */
  #plan(source: Source, step: Step): readonly Splice[] | undefined {
    if (this.#laneOf(step) === undefined) return undefined;
    const plan = planEdit(source, step.edit, step.floor);
    if (plan.kind === "splices" && plan.splices.length > 0) return plan.splices;
    if (plan.kind === "splices") this.#finish(step, false);
    else if (plan.kind === "refused") this.#refuse(step, plan);
    else this.#laneOf(step)?.splice(0, 1, ...plan.edits.map((edit) => ({ ...step, edit })));
    return undefined;
  }

  /** What the value should be when every waiting edit that `got` happens to fulfil is counted in: edits of what an anchor shares. */
  #withPending(step: Step, got: JsonValue): JsonValue | undefined {
    let value = this.#source?.value;
    for (const { edit, floor } of [step, ...this.#lanes.flat()]) {
      if (value === undefined || !holds(got, edit, floor)) continue;
      const next = applyOne(value, edit, floor);
      if (next.kind === "edited") value = next.value;
    }
    return value;
  }

  /** Takes the splices over when they give the expected value and lose no comment. */
  #accept(splices: readonly Splice[], expected: (got: JsonValue) => JsonValue | undefined): boolean {
    const source = this.#source;
    const text = source === undefined ? undefined : applySplices(source.text, splices, source.layout.newline);
    const next = text === undefined ? undefined : sourceOf(text);
    if (source === undefined || next === undefined) return false;
    if (!deepEqual(next.value, expected(next.value)) || !keepsComments(source.comments, next.comments)) return false;
    this.#source = next;
    this.#text = next.text;
    return true;
  }

  #finish(step: Step, changed: boolean): void {
    this.#laneOf(step)?.shift();
    if (changed) this.#changed.add(step.group);
  }

  #refuse(step: Step, { code, reason }: { readonly code: string; readonly reason: string }): void {
    const lane = this.#laneOf(step);
    if (lane === undefined) return;
    // What is refused after a half-made group in the same object is judged again without that group.
    if (!this.#undone.has(lane)) this.#refused.set(step.group, { edit: step.original, code, reason });
    lane.splice(0, lane.length, ...lane.filter((other) => other.group !== step.group));
    if (this.#changed.has(step.group)) this.#undone.add(lane);
  }

  /** The step's lane, while the step is at its head. */
  #laneOf(step: Step): Step[] | undefined {
    const lane = this.#lanes[step.lane];
    return lane?.[0] === step ? lane : undefined;
  }
}

function holds(value: JsonValue, edit: Edit, floor: number): boolean {
  const result = applyOne(value, edit, floor);
  return result.kind === "edited" && deepEqual(result.value, value);
}

function sourceOf(text: string): Source | undefined {
  try {
    const { value } = parseDocument(text);
    const root = parseTree(text);
    if (root === undefined || value === undefined) return undefined;
    return { text, root, value, layout: layoutOf(text, root), comments: commentsOf(text, root) };
  } catch (error) {
    if (error instanceof YAMLException) return undefined;
    throw error;
  }
}

/** Why the text that was planned does not mean what the edit wants. */
function notExact(source: Source, edit: Edit): Extract<Plan, { kind: "refused" }> {
  const { anchors } = walk(source, edit.path);
  const shared = anchors
    .map((name) => ({ name, uses: aliasesOf(source.root, name).length }))
    .find(({ uses }) => uses > 0);
  if (shared !== undefined) {
    const places = shared.uses === 1 ? "another place" : `${shared.uses} other places`;
    const reason = `${fieldName(edit.path)} is inside the anchor &${shared.name}, which ${places} of the document use${shared.uses === 1 ? "s" : ""}: they would change too`;
    return { kind: "refused", edit, code: "EDIT_SHARED_ANCHOR", reason };
  }
  const parent = valueAt(source.value, edit.path.slice(0, -1));
  const key = edit.path.at(-1);
  const merged = isJsonObject(parent) && key !== undefined && walk(source, edit.path).stop === "merged";
  return {
    kind: "refused",
    edit,
    code: merged ? "EDIT_MERGED_KEY" : "EDIT_NOT_EXACT",
    reason: `no change of the text was found that sets ${fieldName(edit.path)} and leaves everything else and all comments as they are`,
  };
}
