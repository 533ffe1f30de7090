/** AssignImage's idea of an image's parts (Gatekeeper, pkg/mutation/mutators/assignimage). */

export interface ImageParts {
  readonly domain: string;
  readonly path: string;
  /** With its `:` or `@`. */
  readonly tag: string;
}

const DOMAIN = /^\w[\w\-_]*\.[\w\-_.]*[\w](?::\d+)?$|^localhost(?::\d+)?$/;
const TAG = /^:[\w][\w.-]{0,127}$|^@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}$/;

export function splitImage(reference: string): ImageParts {
  const [domain, rest] = splitDomain(reference);
  const at = rest.search(/[:@]/);
  return at < 0 ? { domain, path: rest, tag: "" } : { domain, path: rest.slice(0, at), tag: rest.slice(at) };
}

function splitDomain(name: string): readonly [string, string] {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  if (slash < 0 || (!/[.:]/.test(first) && first !== "localhost")) return ["", name];
  return [first, name.slice(slash + 1)];
}

/** The reference with those parts replaced that are not empty. */
export function withParts(reference: string, parts: ImageParts): string {
  const old = splitImage(reference);
  const domain = parts.domain === "" ? old.domain : parts.domain;
  const path = parts.path === "" ? old.path : parts.path;
  const tag = parts.tag === "" ? old.tag : parts.tag;
  return `${domain === "" ? "" : `${domain}/`}${path}${tag}`;
}

/** Why the parts are refused. */
export function partsProblem({ domain, path, tag }: ImageParts): string | undefined {
  if (domain === "" && path === "" && tag === "")
    return "at least one of [assignDomain, assignPath, assignTag] must be set";
  if (domain !== "" && !DOMAIN.test(domain))
    return `assignDomain ${JSON.stringify(domain)} must be a fully-qualified domain name or localhost`;
  if (path !== "" && !isPath(path)) return `assignPath ${JSON.stringify(path)} must be a valid docker image path`;
  if (tag !== "" && !TAG.test(tag))
    return `assignTag ${JSON.stringify(tag)} must be a valid docker image tag or digest starting with ':' or '@'`;
  if (domain === "" && splitDomain(path)[0] !== "")
    return `assignDomain must be set if the first part of assignPath ${JSON.stringify(path)} can be interpreted as part of a domain`;
  return undefined;
}

/** Words of lower-case letters and digits, with one `.`, `/`, `_`, `__` or any number of dashes between them. */
function isPath(path: string): boolean {
  if (!/^[a-z0-9]/.test(path) || !/[a-z0-9]$/.test(path)) return false;
  return path.split(/[a-z0-9]+/).every((between) => between === "" || /^(?:[._/]|__|-+)$/.test(between));
}
