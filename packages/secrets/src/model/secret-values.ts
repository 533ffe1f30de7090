import type { KubeObject, Path, Secret } from "@redoubt/kube";
import { isPlaceholder } from "./placeholder.ts";

export interface SecretValue {
  readonly key: string;
  readonly path: Path;
  /** Decoded where it is base64 of text; undefined where `data` holds something that base64 does not decode. */
  readonly text: string | undefined;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The values of a Secret that are written out: not templates, not empty, and not certificates alone, which are public. */
export function writtenValues(secret: KubeObject<Secret>): readonly SecretValue[] {
  return allValues(secret).filter(({ text }) => text === undefined || !(isPlaceholder(text) || isPublic(text)));
}

/** Every value of a Secret with what it decodes to; templates in `data` are given as they stand. */
export function allValues({ value }: KubeObject<Secret>): readonly SecretValue[] {
  const data = Object.entries(value.data ?? {}).map(([key, encoded]) => ({
    key,
    path: ["data", key],
    text: decode(encoded),
  }));
  const plain = Object.entries(value.stringData ?? {}).map(([key, text]) => ({ key, path: ["stringData", key], text }));
  return [...data, ...plain];
}

function decode(encoded: string): string | undefined {
  if (isPlaceholder(encoded)) return encoded;
  const compact = encoded.replaceAll(/[\r\n]/g, "");
  if (!BASE64.test(compact)) return undefined;
  return Buffer.from(compact, "base64").toString("utf8");
}

function isPublic(text: string): boolean {
  const blocks = text.match(/-----BEGIN [A-Z0-9 ]+-----/g) ?? [];
  return blocks.length > 0 && blocks.every((block) => /CERTIFICATE|PUBLIC KEY/.test(block));
}
