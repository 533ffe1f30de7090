/** All policies together, from the files of their own ecosystems. */
import { type JsonObject, isJsonObject, listAt, objectAt, stringAt, stringsAt } from "@redoubt/kube";
import { formatError } from "@redoubt/rego";
import { kindOf } from "../model/admission-request.ts";
import { EXTERNAL_DATA_GROUP, type Provider, originOf, readProvider } from "../model/external-data.ts";
import { policyErrors } from "../model/policy-validation.ts";
import { ConstraintSet, type TemplateEngine } from "./gatekeeper/constraints.ts";
import { ExternalDataGate, type ExternalDataSession } from "./gatekeeper/external-data.ts";
import { type ExpansionTemplate, readExpansion } from "./gatekeeper/expansion.ts";
import { matchesGlob } from "./gatekeeper/match.ts";
import { MUTATOR_KINDS, Mutators } from "./gatekeeper/mutation/mutators.ts";
import type { RegoLimits } from "./gatekeeper/rego-template.ts";
import { IMAGE_POLICY_GROUP, type ImagePolicy, readImagePolicy } from "./images/image-policy.ts";
import { MutatingPolicies } from "./policy/mutating-policies.ts";
import { ValidatingPolicies } from "./policy/validating-policies.ts";
import { RegoPolicies, type RegoSource } from "./rego/policies.ts";

export interface PolicyOptions {
  /** Which code of a Gatekeeper template with both is run. Default: Rego. */
  readonly engine?: TemplateEngine;
  /**
   * The webhook's operations that Gatekeeper's templates are for which name none themselves. Default: all. Gatekeeper is asked about
   * CREATE and UPDATE unless configured otherwise, and templates are written for these.
   */
  readonly operations?: readonly string[];
  /** For each evaluation of Rego. */
  readonly limits?: RegoLimits;
  /** Modules of Rego that decide of themselves. */
  readonly rego?: readonly RegoSource[];
  /** Documents beside these modules. */
  readonly data?: JsonObject;
  /** A set that this one takes the place of, and shares compiled code and the cluster's objects with: it is not to be used again. */
  readonly previous?: PolicySet;
  /** External data providers that may be asked, by the origins of their URLs: `https://host:port`. Default: there is no external data. */
  readonly providers?: readonly string[];
  /**
   * The release of the API server, as the 34 of 1.34, that is to take the policies as new: it refuses expressions that need more than the
   * release before it has. Default: what is stored already, which may need all that 1.34 has.
   */
  readonly newOn?: number;
}

/** The code of a previous set asks by the gate that it was compiled with. */
function gateOf(previous: PolicySet | undefined): ExternalDataGate {
  return previous?.gate ?? new ExternalDataGate();
}

function reusable({ previous, ...options }: PolicyOptions): PolicySet | undefined {
  return previous?.isLike(options) === true ? previous : undefined;
}

/** Why a policy, or a part of it, is not in force. */
export interface CompileProblem {
  readonly kind: string;
  readonly name: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** Processes of Gatekeeper that its Config can keep away from namespaces. */
export type Process = "webhook" | "audit" | "mutation-webhook" | "sync";

interface Exclusion {
  readonly namespaces: readonly string[];
  readonly processes: readonly string[];
}

interface SyncedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const POLICY_GROUPS: ReadonlySet<string> = new Set([
  "templates.gatekeeper.sh",
  "constraints.gatekeeper.sh",
  "expansion.gatekeeper.sh",
  "mutations.gatekeeper.sh",
  "config.gatekeeper.sh",
  "syncset.gatekeeper.sh",
  EXTERNAL_DATA_GROUP,
  IMAGE_POLICY_GROUP,
]);
const POLICY_KINDS = /^(?:Validating|Mutating)AdmissionPolicy(?:Binding)?$/;

/** Whether a policy set takes the object as a policy, or a part of one. */
export function isPolicy(object: JsonObject): boolean {
  const { group, kind } = kindOf(object);
  return POLICY_GROUPS.has(group) || (group === "admissionregistration.k8s.io" && POLICY_KINDS.test(kind));
}

export class PolicySet {
  readonly constraints: ConstraintSet;
  readonly mutators: Mutators;
  readonly validating: ValidatingPolicies;
  readonly mutating: MutatingPolicies;
  readonly rego: RegoPolicies;
  readonly expansions: readonly ExpansionTemplate[];
  readonly images: readonly ImagePolicy[];
  readonly problems: readonly CompileProblem[];
  readonly #options: Required<Pick<PolicyOptions, "engine" | "limits">>;
  /** What external data comes through; undefined where no provider is allowed. */
  readonly gate: ExternalDataGate | undefined;
  readonly #providers = new Map<string, Provider>();
  readonly #exclusions: Exclusion[] = [];
  readonly #synced: SyncedKind[] = [];

  /** Never throws for what the objects hold: what is wrong with one of them is in `problems`, and the others are in force. */
  constructor(objects: readonly JsonObject[], options: PolicyOptions = {}) {
    const { engine = "Rego", limits = {}, operations, rego = [], data = {}, providers, newOn } = options;
    const previous = reusable(options);
    this.#options = { engine, limits };
    this.gate = providers === undefined ? undefined : gateOf(previous);
    this.constraints = new ConstraintSet({
      engine,
      limits,
      previous: previous?.constraints,
      ...(operations === undefined ? {} : { operations }),
      ...(this.gate === undefined ? {} : { gate: this.gate }),
    });
    this.mutators = new Mutators(this.gate);
    const release = newOn === undefined ? undefined : newOn - 1;
    this.validating = new ValidatingPolicies(release);
    this.mutating = new MutatingPolicies(release);
    this.rego = previous?.rego.isOf(rego, data) === true ? previous.rego : new RegoPolicies(rego, data, limits);
    const expansions: ExpansionTemplate[] = [];
    const images: ImagePolicy[] = [];
    const problems: CompileProblem[] = [];
    const constraints: JsonObject[] = [];
    for (const object of objects) {
      const { group, kind } = kindOf(object);
      const name = stringAt(object, ["metadata", "name"]) ?? "";
      const keep = <T>(read: T | string, list: T[]): void => {
        if (typeof read === "string") problems.push({ kind, name, message: read });
        else list.push(read);
      };
      if (group === "templates.gatekeeper.sh" && kind === "ConstraintTemplate") this.constraints.addTemplate(object);
      else if (group === "constraints.gatekeeper.sh") constraints.push(object);
      else if (group === "expansion.gatekeeper.sh") keep(readExpansion(object), expansions);
      else if (group === "mutations.gatekeeper.sh" && MUTATOR_KINDS.has(kind)) this.mutators.add(object);
      else if (group === "config.gatekeeper.sh" || group === "syncset.gatekeeper.sh") this.#configure(object);
      else if (group === EXTERNAL_DATA_GROUP && kind === "Provider") {
        const provider = this.#addProvider(object, providers);
        if (provider !== undefined) problems.push({ kind, name, message: provider });
      } else if (group === IMAGE_POLICY_GROUP && kind === "ImagePolicy") keep(readImagePolicy(object), images);
      else if (group === "admissionregistration.k8s.io") {
        this.#addPolicy(kind, object);
        for (const { field, message } of policyErrors(object))
          problems.push({ kind, name, message: `${field}: ${message}` });
      }
    }
    for (const constraint of constraints) this.constraints.addConstraint(constraint);
    this.expansions = expansions;
    this.images = images;
    this.problems = [
      ...problems,
      ...this.constraints.problems,
      ...this.mutators.problems,
      ...this.mutators.conflicts,
      ...this.validating.problems,
      ...this.mutating.problems,
      ...this.rego.errors.map((error) => ({
        kind: "Rego",
        name: error.location?.source.file ?? "",
        message: formatError(error),
      })),
    ];
  }

  /** Whether code that this set compiled can serve in one with other policies. */
  isLike({ engine = "Rego", limits = {}, providers }: PolicyOptions): boolean {
    const own = this.#options;
    const sameLimits = own.limits.deadline === limits.deadline && own.limits.budget === limits.budget;
    return own.engine === engine && sameLimits && (this.gate === undefined) === (providers === undefined);
  }

  /** What policies see of the cluster besides the request: `data.inventory`, `data.kubernetes`. */
  setObjects(objects: readonly JsonObject[]): void {
    this.constraints.setInventory(objects.filter((object) => this.#isSynced(object)));
    this.rego.setObjects(objects);
  }

  /** A provider that may be asked. */
  provider(name: string): Provider | undefined {
    return this.#providers.get(name);
  }

  /** Makes a decision whose policies speak to `session`. */
  withExternalData<T>(session: ExternalDataSession | undefined, decide: () => T): T {
    if (this.gate === undefined) return decide();
    const before = this.gate.session;
    this.gate.session = session;
    try {
      return decide();
    } finally {
      this.gate.session = before;
    }
  }

  /** Why a provider is not asked. */
  #addProvider(object: JsonObject, allowed: readonly string[] | undefined): string | undefined {
    const provider = readProvider(object);
    if (typeof provider === "string") return provider;
    const origin = originOf(provider.url) ?? "";
    if (allowed?.includes(origin) !== true) return `${origin} is not among the providers that may be asked`;
    this.#providers.set(provider.name, provider);
    return undefined;
  }

  /** Whether Gatekeeper's Config keeps a process away from a namespace. */
  isExcluded(namespace: string, process: Process): boolean {
    if (namespace === "") return false;
    return this.#exclusions.some(
      ({ namespaces, processes }) =>
        (processes.includes("*") || processes.includes(process)) &&
        namespaces.some((glob) => matchesGlob(glob, namespace)),
    );
  }

  #addPolicy(kind: string, object: JsonObject): void {
    if (kind === "ValidatingAdmissionPolicy") this.validating.addPolicy(object);
    else if (kind === "ValidatingAdmissionPolicyBinding") this.validating.addBinding(object);
    else if (kind === "MutatingAdmissionPolicy") this.mutating.addPolicy(object);
    else if (kind === "MutatingAdmissionPolicyBinding") this.mutating.addBinding(object);
  }

  #configure(object: JsonObject): void {
    for (const entry of listAt(object, ["spec", "match"])) {
      this.#exclusions.push({
        namespaces: stringsAt(entry, ["excludedNamespaces"]),
        processes: stringsAt(entry, ["processes"]),
      });
    }
    const entries = [...listAt(objectAt(object, ["spec", "sync"]), ["syncOnly"]), ...listAt(object, ["spec", "gvks"])];
    for (const entry of entries.filter(isJsonObject)) {
      this.#synced.push({
        group: stringAt(entry, ["group"]) ?? "",
        version: stringAt(entry, ["version"]) ?? "",
        kind: stringAt(entry, ["kind"]) ?? "",
      });
    }
  }

  /** Everything where nothing says what is to be synced. */
  #isSynced(object: JsonObject): boolean {
    if (this.isExcluded(stringAt(object, ["metadata", "namespace"]) ?? "", "sync")) return false;
    if (this.#synced.length === 0) return true;
    const { group, version, kind } = kindOf(object);
    return this.#synced.some((entry) => entry.group === group && entry.version === version && entry.kind === kind);
  }
}
