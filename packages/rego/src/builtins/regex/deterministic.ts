import type { CharacterClass, RegexNode } from "./syntax.ts";

/*
 * Whether a backtracking engine can run an expression without ever trying two ways: at each point the characters that
 * can come next must tell which part of the expression they belong to (the positions of its Glushkov automaton have
 * disjoint successors). Then every wrong turn ends at its first character, and the time is linear in the text.
 */

interface Positions {
  nullable: boolean;
  first: number[];
  last: number[];
}

const maxPositions = 300;

class Unsuitable extends Error {}

/** Whether the expression is deterministic, there is one way from each position to the next, no repeated part can be empty, and it is small. */
export function isDeterministic(root: RegexNode): boolean {
  const automaton = new Automaton();
  try {
    const { first } = automaton.add(root);
    return automaton.isDisjoint(first) && automaton.follow.every((next) => automaton.isDisjoint([...next]));
  } catch (error) {
    if (error instanceof Unsuitable) return false;
    throw error;
  }
}

class Automaton {
  readonly classes: CharacterClass[] = [];
  readonly follow: Set<number>[] = [];

  add(node: RegexNode): Positions {
    switch (node.kind) {
      case "class": {
        if (this.classes.length >= maxPositions) throw new Unsuitable();
        const position = this.classes.length;
        this.classes.push(node.ranges);
        this.follow.push(new Set());
        return { nullable: false, first: [position], last: [position] };
      }
      case "group":
        return this.add(node.body);
      case "sequence":
        return this.#sequence(node.parts);
      case "choice":
        return this.#choice(node.parts.map((part) => this.add(part)));
      case "repeat":
        return this.#repeat(node.body, node.least, node.most);
    }
  }

  isDisjoint(positions: readonly number[]): boolean {
    const ranges = positions.flatMap((position) => this.classes[position] ?? []).toSorted((a, b) => a[0] - b[0]);
    return ranges.every((range, i) => range[0] > (ranges[i - 1]?.[1] ?? -1));
  }

  #link(from: readonly number[], to: readonly number[]): void {
    for (const source of from) {
      for (const target of to) {
        // Two ways from one place to the next, as in `(a+)+`, are ways to try in turn although the characters agree.
        if (this.follow[source]?.has(target) === true) throw new Unsuitable();
        this.follow[source]?.add(target);
      }
    }
  }

  #join(a: Positions, b: Positions): Positions {
    this.#link(a.last, b.first);
    return {
      nullable: a.nullable && b.nullable,
      first: a.nullable ? [...a.first, ...b.first] : a.first,
      last: b.nullable ? [...a.last, ...b.last] : b.last,
    };
  }

  #sequence(parts: readonly RegexNode[]): Positions {
    let result: Positions = { nullable: true, first: [], last: [] };
    for (const part of parts) result = this.#join(result, this.add(part));
    return result;
  }

  #choice(parts: readonly Positions[]): Positions {
    // Two alternatives that may both be empty are two ways to do nothing.
    if (parts.filter((part) => part.nullable).length > 1) throw new Unsuitable();
    return {
      nullable: parts.some((part) => part.nullable),
      first: parts.flatMap((part) => part.first),
      last: parts.flatMap((part) => part.last),
    };
  }

  #repeat(body: RegexNode, least: number, most: number): Positions {
    let result: Positions = { nullable: true, first: [], last: [] };
    const copies = Number.isFinite(most) ? most : Math.max(least, 1);
    for (let i = 0; i < copies; i += 1) {
      const copy = this.add(body);
      if (copy.nullable) throw new Unsuitable();
      const optional = i >= least;
      if (!Number.isFinite(most) && i === copies - 1) this.#link(copy.last, copy.first);
      result = this.#join(result, optional ? { ...copy, nullable: true } : copy);
    }
    return result;
  }
}
