/** What everybody who holds a role did, out of audit events: each distinct request of each subject that a binding names. */
import { stringAt } from "@redoubt/kube";
import { type SubjectKey, subjectKeysOf } from "../model/identity.ts";
import type { AccessIndex } from "./access-index.ts";
import type { AccessRequest } from "./authorizer.ts";
import { actionsOf, requestKey } from "./recorded-use.ts";

const READS: ReadonlySet<string> = new Set(["get", "list", "watch"]);

/** From the first to the last event, RFC 3339. */
export interface RecordedSpan {
  readonly first: string;
  readonly last: string;
}

/**
 * Gathers requests by subject. A log of any length takes the memory of what was done, not of how often; names of objects are kept
 * only for resources that some rule limits by name.
 */
export class RecordedAccess {
  readonly #subjects: ReadonlySet<SubjectKey>;
  readonly #named: ReadonlySet<string>;
  readonly #requests = new Map<SubjectKey, Map<string, AccessRequest>>();
  readonly #logged = { reads: false, writes: false };
  #first = "";
  #last = "";

  constructor(index: AccessIndex) {
    this.#subjects = new Set(index.subjects);
    this.#named = new Set(
      index.roles.flatMap((role) =>
        index
          .rulesOf(role)
          .flatMap(({ resourceNames = [], resources = [] }) => (resourceNames.length > 0 ? resources : [])),
      ),
    );
  }

  /** Counts an event in, also one that was refused: that its subject was there is known by it. */
  add(event: unknown): void {
    const read = actionsOf(event);
    if (read === undefined) return;
    const time = stringAt(event, ["stageTimestamp"]) ?? "";
    if (time !== "" && (this.#first === "" || time < this.#first)) this.#first = time;
    if (time > this.#last) this.#last = time;
    for (const { identity, requests } of read.actions) {
      for (const request of requests)
        if (request.kind === "resource") this.#logged[READS.has(request.verb) ? "reads" : "writes"] = true;
      for (const key of subjectKeysOf(identity)) {
        if (!this.#subjects.has(key)) continue;
        let own = this.#requests.get(key);
        if (own === undefined) this.#requests.set(key, (own = new Map()));
        if (read.outcome === "refused") continue;
        for (const request of requests) {
          const kept = this.#withoutNeedlessName(request);
          own.set(requestKey(kept), kept);
        }
      }
    }
  }

  #withoutNeedlessName(request: AccessRequest): AccessRequest {
    if (request.kind === "url" || request.name === "") return request;
    const { resource, subresource } = request;
    const combined = subresource === "" ? resource : `${resource}/${subresource}`;
    return [combined, "*", `*/${subresource}`].some((entry) => this.#named.has(entry))
      ? request
      : { ...request, name: "" };
  }

  /** Whether any event is of this subject, or of a member of this group. */
  saw(subject: SubjectKey): boolean {
    return this.#requests.has(subject);
  }

  /** What a subject was allowed to do. */
  usedBy(subject: SubjectKey): Iterable<AccessRequest> {
    return this.#requests.get(subject)?.values() ?? [];
  }

  /** Whether requests with this verb are logged at all, as far as the log tells: audit policies often leave reads out. */
  logs(verb: string): boolean {
    return READS.has(verb) ? this.#logged.reads : this.#logged.writes;
  }

  /** Undefined for a log without events. */
  get span(): RecordedSpan | undefined {
    return this.#first === "" ? undefined : { first: this.#first, last: this.#last };
  }
}
