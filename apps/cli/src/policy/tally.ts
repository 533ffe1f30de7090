import type { Decision } from "@redoubt/admission";
import { type JsonObject, jsonText } from "@redoubt/kube";
import type { Host } from "../terminal/host.ts";
import { plain } from "../terminal/plain.ts";
import { objectName } from "./admission-report.ts";

/** Of one policy, so many examples are kept: a log has millions of requests. */
const EXAMPLES = 10;

interface Effect {
  readonly policy: string;
  readonly action: string;
  count: number;
  readonly namespaces: Map<string, number>;
  readonly users: Map<string, number>;
  readonly examples: { readonly object: string; readonly message: string }[];
}

/** What policies would have done, counted by namespace and user. */
export class Tally {
  judged = 0;
  refused = 0;
  warned = 0;
  changed = 0;
  /** What could not be judged, since it is not known what was asked for. */
  undecided = 0;
  readonly #effects = new Map<string, Effect>();

  add(namespace: string, user: string | undefined, object: JsonObject, decision: Decision): void {
    this.judged += 1;
    if (!decision.allowed) this.refused += 1;
    else if (decision.warnings.length > 0) this.warned += 1;
    if (decision.patches.length > 0) this.changed += 1;
    const name = objectName(object);
    for (const { policy, action, message } of decision.violations) {
      this.#count(`${policy.kind}/${policy.name}`, action, namespace, user, { object: name, message });
    }
    for (const { kind, name: policy, outcome } of decision.why) {
      if (outcome !== "changed") continue;
      const message = jsonText(decision.patches);
      this.#count(`${kind}/${policy}`, "change", namespace, user, { object: name, message });
    }
  }

  #count(
    policy: string,
    action: string,
    namespace: string,
    user: string | undefined,
    example: Effect["examples"][number],
  ): void {
    const key = `${policy} ${action}`;
    let effect = this.#effects.get(key);
    if (effect === undefined) {
      effect = { policy, action, count: 0, namespaces: new Map(), users: new Map(), examples: [] };
      this.#effects.set(key, effect);
    }
    effect.count += 1;
    effect.namespaces.set(namespace, (effect.namespaces.get(namespace) ?? 0) + 1);
    if (user !== undefined) effect.users.set(user, (effect.users.get(user) ?? 0) + 1);
    if (effect.examples.length < EXAMPLES) effect.examples.push(example);
  }

  print(host: Host, isJson: boolean, what: "objects" | "requests"): void {
    const effects = [...this.#effects.values()].sort((one, other) => other.count - one.count);
    if (isJson) {
      const { judged, refused, warned, changed, undecided } = this;
      const json = effects.map(({ namespaces, users, ...effect }) => ({
        ...effect,
        namespaces: Object.fromEntries(namespaces),
        ...(users.size === 0 ? {} : { users: Object.fromEntries(users) }),
      }));
      host.stdout.write(
        `${JSON.stringify({ [what]: judged, refused, warned, changed, undecided, policies: json }, undefined, 2)}\n`,
      );
      return;
    }
    const lines = [
      `${this.judged} ${what}: ${this.refused} would be refused, ${this.warned} warned of, ${this.changed} changed`,
    ];
    for (const { policy, action, count, namespaces, users, examples } of effects) {
      lines.push("", `${policy}: ${action} ${count}`);
      lines.push(`  by namespace: ${counts(namespaces)}`);
      if (users.size > 0) lines.push(`  by user: ${counts(users)}`);
      for (const { object, message } of examples) lines.push(`  ${object}: ${message}`);
      if (count > examples.length) lines.push(`  and ${count - examples.length} more`);
    }
    host.stdout.write(`${lines.map(plain).join("\n")}\n`);
  }
}

/** The most first; a cluster has many. */
function counts(entries: ReadonlyMap<string, number>): string {
  const sorted = [...entries].sort(([, one], [, other]) => other - one);
  const shown = sorted.slice(0, EXAMPLES).map(([name, count]) => `${name === "" ? "(cluster)" : name} ${count}`);
  return sorted.length > EXAMPLES ? `${shown.join(", ")}, and ${sorted.length - EXAMPLES} more` : shown.join(", ");
}
