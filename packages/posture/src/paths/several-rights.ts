/** What somebody has several rights for at once: every choice of one way to have each of them. */
import { type EdgeContext, type Premise, type ScopedRole, addEdge } from "./grant-edges.ts";
import type { EdgeKind } from "./edge-kinds.ts";
import { type GrantedRight, type Right, isClusterScopedRight } from "./rights.ts";

/** Who has the rights: the id that edges start at, and the roles. */
export interface Holder {
  readonly id: string;
  readonly roles: readonly { readonly scoped: ScopedRole; readonly held?: Premise["held"] }[];
  /** One role by itself: what several roles have together is somebody else's step. */
  readonly alone: boolean;
}

/** One way to have a right. */
export interface Found {
  readonly premise: Premise;
  readonly granted: GrantedRight;
}

type Choice = readonly Found[];

export interface Step {
  /** Every way to have one of some rights, on whichever objects; a cut must take each of them away. */
  readonly find: (rights: readonly Right[]) => readonly Found[];
  /**
   * Adds an edge for each choice of one way from each list: none when a list is empty, and then `to` is not made. `fits` is asked about the beginnings of a
   * choice too, and must not refuse what more could mend.
   */
  readonly add: (
    kind: EdgeKind,
    to: () => string,
    says: string,
    ways: readonly (readonly Found[])[],
    fits?: (choice: Choice) => boolean,
  ) => void;
}

/** More ways than these to take one step are not told apart. */
const MOST_CHOICES = 64;

export function stepOf(context: EdgeContext, holder: Holder, scope: string): Step {
  return {
    find: (rights) =>
      holder.roles.flatMap(({ scoped, held }) => {
        if (scoped.scope !== "" && scoped.scope !== scope) return [];
        return scoped.rights
          .filter(
            ({ right, ruleIndex }) =>
              // A rule that is everything needs no second one.
              !scoped.everything.includes(ruleIndex) &&
              rights.includes(right) &&
              (scoped.scope === "" || !isClusterScopedRight(right)),
          )
          .map((granted) => ({ granted, premise: { scoped, granted, ...(held === undefined ? {} : { held }) } }));
      }),
    add: (kind, to, says, ways, fits = (): boolean => true) => {
      for (const choice of choices(ways, fits)) {
        const roles = new Set(choice.map(({ premise }) => premise.scoped));
        if (!holder.alone && roles.size < 2) continue;
        // What holds in the whole cluster was said there.
        if (scope !== "" && [...roles].every((role) => role.scope === "")) continue;
        addEdge(
          context,
          kind,
          holder.id,
          to(),
          says,
          choice.map(({ premise }) => premise),
        );
      }
    },
  };
}

function choices(ways: readonly (readonly Found[])[], fits: (choice: Choice) => boolean): readonly Choice[] {
  let made: readonly Choice[] = [[]];
  for (const way of ways)
    made = made
      .flatMap((choice) => way.map((found) => [...choice, found]))
      .filter(fits)
      .slice(0, MOST_CHOICES);
  return made;
}

/** Whether a right is for all objects, or for one of this name. */
export function isFor({ granted: { names } }: Found, name: string): boolean {
  return names.length === 0 || names.includes(name);
}

/** Those of some ways that are not limited to names. */
export function unlimited(found: readonly Found[]): readonly Found[] {
  return found.filter(({ granted }) => granted.names.length === 0);
}

/** The names that ways to have a right are limited to, each once. */
export function namesIn(found: readonly Found[]): ReadonlySet<string> {
  return new Set(found.flatMap(({ granted }) => granted.names));
}

/** Whether rights can be used on one and the same object; with `among`, on one of these. */
export function meet(choice: Choice, among?: ReadonlySet<string>): boolean {
  const limits = choice.map(({ granted }) => granted.names).filter((names) => names.length > 0);
  const common = limits[0] ?? (among === undefined ? undefined : [...among]);
  if (common === undefined) return true;
  return common.some((name) => limits.every((names) => names.includes(name)) && (among?.has(name) ?? true));
}
