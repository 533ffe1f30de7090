import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { RedoubtError, isJsonObject, listAt, stringAt } from "@redoubt/kube";
import type { Authority } from "./issue-certificate.ts";

/** The authorities that clients trust. The first one issues; a second one is known already and issues next. */
export interface Authorities {
  readonly list: readonly Authority[];
}

/** Where authorities outlive a process, and are shared by replicas: memory, a file, a Secret. */
export interface AuthorityStore {
  /** undefined before anything was written. `revision` says which state this is. */
  read(): Promise<{ readonly authorities: Authorities; readonly revision: string } | undefined>;
  /** Replaces the state of `revision` (none: writes the first one). Resolves to false where another has written since. */
  write(authorities: Authorities, revision: string | undefined): Promise<boolean>;
}

/** For one process, and as long as it lives. */
export class MemoryAuthorityStore implements AuthorityStore {
  #authorities: Authorities | undefined;
  #revision = 0;

  read(): ReturnType<AuthorityStore["read"]> {
    const authorities = this.#authorities;
    return Promise.resolve(authorities && { authorities, revision: String(this.#revision) });
  }

  write(authorities: Authorities, revision: string | undefined): Promise<boolean> {
    if ((revision ?? "0") !== String(this.#revision)) return Promise.resolve(false);
    this.#authorities = authorities;
    this.#revision++;
    return Promise.resolve(true);
  }
}

/** In one file, which only its owner may read. For one process: another's writes are not seen in time. */
export class FileAuthorityStore implements AuthorityStore {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  async read(): ReturnType<AuthorityStore["read"]> {
    let text: string;
    try {
      text = await readFile(this.#file, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
    return { authorities: readAuthorities(text, this.#file), revision: text };
  }

  async write(authorities: Authorities, revision: string | undefined): Promise<boolean> {
    if ((await this.read())?.revision !== revision) return false;
    await mkdir(dirname(this.#file), { recursive: true });
    const written = `${this.#file}.new`;
    await writeFile(written, writeAuthorities(authorities), { mode: 0o600 });
    await rename(written, this.#file);
    return true;
  }
}

export function writeAuthorities({ list }: Authorities): string {
  return `${JSON.stringify({ authorities: list }, null, 2)}\n`;
}

/** Throws `SERVER_CERTIFICATE` where `text`, of `place`, holds none. */
export function readAuthorities(text: string, place: string): Authorities {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const list = listAt(value, ["authorities"]).flatMap((entry) => {
    const key = stringAt(entry, ["key"]);
    const cert = stringAt(entry, ["cert"]);
    return isJsonObject(entry) && key !== undefined && cert !== undefined ? [{ key, cert }] : [];
  });
  if (list.length === 0) throw new RedoubtError("SERVER_CERTIFICATE", `${place} holds no certificate authority`);
  return { list };
}
