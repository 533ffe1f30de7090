import { parseUrl } from "../url.ts";

/** A URI reference in its parts; undefined parts are absent. */
interface Parts {
  readonly scheme: string | undefined;
  readonly authority: string | undefined;
  readonly path: string;
  readonly query: string | undefined;
  readonly fragment: string | undefined;
}

function partsOf(reference: string): Parts {
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(reference);
  return {
    scheme: match?.[1],
    authority: match?.[2],
    path: match?.[3] ?? "",
    query: match?.[4],
    fragment: match?.[5],
  };
}

function textOf({ scheme, authority, path, query, fragment }: Parts): string {
  return [
    scheme === undefined ? "" : `${scheme}:`,
    authority === undefined ? "" : `//${authority}`,
    path,
    query === undefined ? "" : `?${query}`,
    fragment === undefined || fragment === "" ? "" : `#${fragment}`,
  ].join("");
}

/** A reference in the form that Go prints it in: an empty fragment is dropped. Throws for what is no URL. */
export function normalized(reference: string): string {
  parseUrl(reference);
  return textOf(partsOf(reference));
}

/** What a reference means where `base` is (RFC 3986, section 5). */
export function resolveReference(base: string, reference: string): string {
  const child = partsOf(normalized(reference));
  const parent = partsOf(base);
  if (child.scheme !== undefined) return textOf({ ...child, path: withoutDots(child.path) });
  if (child.authority !== undefined) return textOf({ ...child, scheme: parent.scheme, path: withoutDots(child.path) });
  if (child.path === "") {
    return textOf({ ...parent, query: child.query ?? parent.query, fragment: child.fragment });
  }
  const slash = parent.path.lastIndexOf("/");
  let path = child.path;
  if (!path.startsWith("/")) {
    if (slash >= 0) path = parent.path.slice(0, slash + 1) + path;
    else if (parent.authority !== undefined) path = `/${path}`;
  }
  return textOf({ ...child, scheme: parent.scheme, authority: parent.authority, path: withoutDots(path) });
}

function withoutDots(path: string): string {
  if (!path.includes(".")) return path;
  const result: string[] = [];
  const segments = path.split("/");
  for (const [i, segment] of segments.entries()) {
    const last = i === segments.length - 1;
    if (segment === "..") {
      if (result.length > 1) result.pop();
      if (last) result.push("");
    } else if (segment !== ".") {
      result.push(segment);
    } else if (last) {
      result.push("");
    }
  }
  return result.join("/");
}

export function splitFragment(reference: string): readonly [document: string, fragment: string] {
  const hash = reference.indexOf("#");
  return hash < 0 ? [reference, ""] : [reference.slice(0, hash), reference.slice(hash + 1)];
}

/** Whether a reference names a place to load from. */
export function isCanonical(reference: string): boolean {
  const { scheme, authority, path } = partsOf(reference);
  if (scheme === "file") return path.startsWith("/");
  return scheme !== undefined && authority !== undefined && authority !== "";
}
