/** A pattern without the names of groups that another before has, and the numbers of the groups of each name. */
export interface NamedGroups {
  readonly pattern: string;
  readonly numbers: ReadonlyMap<string, readonly number[]>;
}

const PIECE = /\\Q[^]*?(?:\\E|$)|\\[^]|\[\^?\]?(?:\[:[^\]]*:\]|\\[^]|[^\]\\])*\]|\(\?P?<([^>]*)>|\((?!\?)|[^]/gu;

/** Go lets groups share a name, the RE2 engine does not. */
export function namedGroups(pattern: string): NamedGroups {
  const numbers = new Map<string, number[]>();
  let groups = 0;
  const unique = pattern.replaceAll(PIECE, (piece, name: string | undefined) => {
    if (name === undefined) {
      if (piece === "(") groups += 1;
      return piece;
    }
    groups += 1;
    const same = numbers.get(name);
    if (same === undefined) numbers.set(name, [groups]);
    else same.push(groups);
    return same === undefined ? piece : "(";
  });
  return { pattern: unique, numbers };
}
