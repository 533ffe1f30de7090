import { formatTerm } from "../../syntax/print-term.ts";
import { type WorkModule, type WorkRule, groundPrefix, rulesOf } from "../work.ts";

/** Names the rule of an error where one line holds rules of more than one name, so that its place alone does not say which. */
export class RuleScopes {
  readonly #module: WorkModule;
  #shared: ReadonlySet<number> | undefined;

  constructor(module: WorkModule) {
    this.#module = module;
  }

  /** ` in rule p`, or nothing. */
  of(rule: WorkRule): string {
    this.#shared ??= sharedRows(this.#module);
    return this.#shared.has(rule.source.location.row) ? ` in rule ${nameOf(rule)}` : "";
  }
}

function nameOf({ head }: WorkRule): string {
  return formatTerm(groundPrefix(head.ref));
}

function sharedRows(module: WorkModule): ReadonlySet<number> {
  const first = new Map<number, string>();
  const shared = new Set<number>();
  for (const rule of rulesOf(module)) {
    const { row } = rule.source.location;
    const name = nameOf(rule);
    const known = first.get(row);
    if (known === undefined) first.set(row, name);
    else if (known !== name) shared.add(row);
  }
  return shared;
}
