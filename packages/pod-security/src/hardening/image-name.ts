/** The parts of an image reference that hygiene checks need. */
export interface ImageName {
  /** The last path segment of the repository: `nginx` for `docker.io/library/nginx:1.27`. */
  readonly base: string;
  /** Undefined where the reference has none, which means `latest` unless there is a digest. */
  readonly tag: string | undefined;
  readonly digest: boolean;
}

/** Splits an image reference; does not validate it. */
export function parseImageName(image: string): ImageName {
  const at = image.indexOf("@");
  const name = at < 0 ? image : image.slice(0, at);
  const last = name.slice(name.lastIndexOf("/") + 1);
  const colon = last.indexOf(":");
  return {
    base: colon < 0 ? last : last.slice(0, colon),
    tag: colon < 0 ? undefined : last.slice(colon + 1),
    digest: at >= 0,
  };
}
