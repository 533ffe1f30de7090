/** Keeps the webhook's configurations as they are to be, whoever changes them. */
import { isDeepStrictEqual } from "node:util";
import {
  type ApiConnection,
  type JsonObject,
  RedoubtError,
  type ServedResource,
  isJsonObject,
  listAt,
  objectAt,
  resourcePath,
  stringAt,
} from "@redoubt/kube";
import { type Written, writeObject } from "../cluster/api-objects.ts";
import { Reconciler } from "../cluster/reconciler.ts";
import { type ServiceTiming, serviceAnswers } from "./service-readiness.ts";
import { type WatchOptions, WatchedResource } from "../cluster/watched-resource.ts";
import type { PolicyStore } from "../policies/policy-store.ts";
import { type ConfigurationOptions, mutatingConfiguration, validatingConfiguration } from "./webhook-configurations.ts";

export type RegistrationOptions = Omit<ConfigurationOptions, "bundle"> & {
  readonly watch?: WatchOptions;
  readonly timing?: Partial<ServiceTiming>;
  readonly failed?: (error: Error) => void;
};

const configurations = (kind: string, resource: string): ServedResource => ({
  group: "admissionregistration.k8s.io",
  version: "v1",
  resource,
  kind,
  namespaced: false,
});

const VALIDATING = configurations("ValidatingWebhookConfiguration", "validatingwebhookconfigurations");
const MUTATING = configurations("MutatingWebhookConfiguration", "mutatingwebhookconfigurations");

export class Registration {
  readonly #connection: ApiConnection;
  readonly #store: PolicyStore;
  readonly #options: RegistrationOptions;
  readonly #writer: Reconciler;
  #validating: WatchedResource | undefined;
  #mutating: WatchedResource | undefined;
  #bundle = "";

  constructor(connection: ApiConnection, store: PolicyStore, options: RegistrationOptions) {
    this.#connection = connection;
    this.#store = store;
    this.#options = options;
    const { failed } = options;
    this.#writer = new Reconciler((signal) => this.#write(signal), failed === undefined ? {} : { failed });
  }

  /** The certificates to trust, in PEM. There is no configuration before they are known. */
  setBundle(bundle: string): void {
    this.#bundle = bundle;
    this.#writer.wake();
  }

  /** Runs until aborted: for one replica at a time. */
  async run(signal: AbortSignal): Promise<void> {
    const options = { ...this.#options.watch, labelSelector: "app.kubernetes.io/managed-by=redoubt" };
    this.#validating = new WatchedResource(this.#connection, VALIDATING, options);
    this.#mutating = new WatchedResource(this.#connection, MUTATING, options);
    const watched = [this.#validating, this.#mutating];
    for (const one of watched) one.onChange(() => this.#writer.wake());
    const end = this.#store.onSwap(() => this.#writer.wake());
    this.#writer.wake();
    await Promise.all([...watched.map((one) => one.run(signal)), this.#writer.run(signal)]);
    end();
  }

  async #write(signal: AbortSignal): Promise<void> {
    const [validating, mutating] = [this.#validating, this.#mutating];
    if (this.#bundle === "" || this.#store.current.revision === 0) return;
    if (validating?.isSynced !== true || mutating?.isSynced !== true) return;
    const { client, timing, failed } = this.#options;
    // As soon as there is a configuration, what it cannot reach refuses the whole cluster's requests.
    if (client.service !== undefined && validating.get("", this.#options.name) === undefined)
      await serviceAnswers(this.#connection, client.service, { ...timing, failed }, signal);
    const options = { ...this.#options, bundle: this.#bundle };
    await this.#bring(validating, validatingConfiguration(options), signal);
    // Where nothing mutates, the API server need not ask.
    const { mutators, mutating: policies } = this.#store.current.policies;
    const isMutating = !mutators.isEmpty || !policies.isEmpty;
    if (isMutating) await this.#bring(mutating, mutatingConfiguration(options), signal);
    else if (mutating.get("", options.name) !== undefined)
      await this.#connection.send("DELETE", `${resourcePath(MUTATING)}/${options.name}`, undefined, signal);
  }

  async #bring(watched: WatchedResource, wanted: JsonObject, signal: AbortSignal): Promise<void> {
    const path = resourcePath(watched.resource);
    const before = watched.get("", this.#options.name);
    let written: Written;
    if (before === undefined) written = await writeObject(this.#connection, "POST", path, wanted, signal);
    else {
      if (isDeepStrictEqual(listAt(before, ["webhooks"]), wanted["webhooks"])) return;
      const version = stringAt(before, ["metadata", "resourceVersion"]) ?? "";
      const metadata = { ...objectAt(wanted, ["metadata"]), resourceVersion: version };
      written = await writeObject(
        this.#connection,
        "PUT",
        `${path}/${this.#options.name}`,
        { ...wanted, metadata },
        signal,
      );
    }
    if (written.kind === "refused")
      throw new RedoubtError("KUBE_API_REFUSED", `${watched.resource.kind} ${this.#options.name}: ${written.message}`);
    // One of this name without our label is not watched, and is taken over.
    if (written.kind === "conflict" && before === undefined) await this.#takeOver(path, wanted, signal);
  }

  async #takeOver(path: string, wanted: JsonObject, signal: AbortSignal): Promise<void> {
    const metadata = { labels: objectAt(wanted, ["metadata", "labels"]) ?? {} };
    const patch = { metadata, webhooks: listAt(wanted, ["webhooks"]).filter(isJsonObject) };
    await writeObject(this.#connection, "PATCH", `${path}/${this.#options.name}`, patch, signal);
  }
}
