import { type ApiConnection, type JsonObject, RedoubtError, resourcePath, stringAt } from "@redoubt/kube";
import {
  type Authorities,
  type AuthorityStore,
  readAuthorities,
  writeAuthorities,
} from "../certificates/authority-store.ts";
import { readObject, writeObject } from "../cluster/api-objects.ts";

const SECRETS = { group: "", version: "v1", resource: "secrets", kind: "Secret", namespaced: true } as const;
const KEY = "authorities.json";

/** In a Secret, so that all replicas issue from the same authorities, and the API server trusts each of them. */
export class SecretAuthorityStore implements AuthorityStore {
  readonly #connection: ApiConnection;
  readonly #namespace: string;
  readonly #name: string;

  constructor(connection: ApiConnection, { namespace, name }: { readonly namespace: string; readonly name: string }) {
    this.#connection = connection;
    this.#namespace = namespace;
    this.#name = name;
  }

  /** @throws RedoubtError `SERVER_CERTIFICATE` where the Secret is another's; what the connection throws. */
  async read(): ReturnType<AuthorityStore["read"]> {
    const secret = await readObject(this.#connection, `${this.#path}/${this.#name}`);
    if (secret === undefined) return undefined;
    const text = Buffer.from(stringAt(secret, ["data", KEY]) ?? "", "base64").toString("utf8");
    const authorities = readAuthorities(text, `Secret ${this.#namespace}/${this.#name}`);
    return { authorities, revision: stringAt(secret, ["metadata", "resourceVersion"]) ?? "" };
  }

  /** @throws RedoubtError `KUBE_API_REFUSED`, without what was to be written; what the connection throws. */
  async write(authorities: Authorities, revision: string | undefined): Promise<boolean> {
    const metadata: JsonObject = {
      name: this.#name,
      namespace: this.#namespace,
      labels: { "app.kubernetes.io/managed-by": "redoubt" },
      ...(revision === undefined ? {} : { resourceVersion: revision }),
    };
    const data = { [KEY]: Buffer.from(writeAuthorities(authorities)).toString("base64") };
    const secret = { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data };
    const written =
      revision === undefined
        ? await writeObject(this.#connection, "POST", this.#path, secret)
        : await writeObject(this.#connection, "PUT", `${this.#path}/${this.#name}`, secret);
    if (written.kind === "refused") {
      const place = `Secret ${this.#namespace}/${this.#name}`;
      throw new RedoubtError("KUBE_API_REFUSED", `${place} could not be written: ${written.message}`);
    }
    if (written.kind === "missing" && revision === undefined)
      throw new RedoubtError("KUBE_API_REFUSED", `there is no namespace ${this.#namespace}`);
    return written.kind === "written";
  }

  get #path(): string {
    return resourcePath(SECRETS, this.#namespace);
  }
}
