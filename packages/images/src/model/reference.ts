/** An image reference taken apart (github.com/distribution/reference). */
export interface ImageReference {
  /** Undefined where none is named, which means docker.io. */
  readonly registry: string | undefined;
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:...` */
  readonly digest: string | undefined;
}

const COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const HOST = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const DOMAIN = new RegExp(`^(?:${HOST}(?:\\.${HOST})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?$`);
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);

/** Takes a reference apart, or says why a container runtime refuses it. */
export function parseImageReference(text: string): ImageReference | { readonly problem: string } {
  if (/^https?:\/\//.test(text))
    return { problem: `a reference has no scheme: write ${JSON.stringify(text.replace(/^https?:\/\//, ""))}` };
  if (text !== text.trim() || /\s/.test(text)) return { problem: "it has blanks in it" };
  const [named = "", digest, ...more] = text.split("@");
  if (more.length > 0) return { problem: "it has more than one @" };
  if (digest !== undefined && !/^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/.test(digest))
    return { problem: `${JSON.stringify(digest)} is not a digest` };
  if (digest?.startsWith("sha256:") === true && !/^sha256:[0-9a-f]{64}$/.test(digest))
    return { problem: "a sha256 digest is 64 lower-case hexadecimal digits" };
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  const name = hasTag ? named.slice(0, colon) : named;
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag)) return { problem: `${JSON.stringify(tag)} is not a tag` };
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const hasRegistry = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  const registry = hasRegistry ? first : undefined;
  const repository = hasRegistry ? name.slice(slash + 1) : name;
  if (registry !== undefined && !DOMAIN.test(registry))
    return { problem: `${JSON.stringify(registry)} is not a registry's host name` };
  if (!REPOSITORY.test(repository))
    return {
      problem:
        repository === ""
          ? "it names no repository"
          : repository === repository.toLowerCase()
            ? `${JSON.stringify(repository)} is not a repository name`
            : "repository names are lower-case",
    };
  if (registry === undefined && /^[0-9a-f]{64}$/.test(repository))
    return { problem: "64 hexadecimal digits alone are an image id, not a name" };
  return { registry, repository, tag, digest };
}

/** Whether some tool is still to fill the reference in. */
export function isTemplated(text: string): boolean {
  return text === "" || /\$\{|\$\(|\$\w|\{\{|<[^>]+>|%[A-Z_]+%/.test(text);
}

/** Whether the image behind a reference can change: no digest, and no tag or `latest`. */
export function isMovingTag({ tag, digest }: ImageReference): boolean {
  return digest === undefined && (tag === undefined || tag === "latest");
}
