import { type ClusterSnapshot, type KubeObject, objectAt } from "@redoubt/kube";

export type SealingScope = "strict" | "namespace-wide" | "cluster-wide";

const PREFIX = "sealedsecrets.bitnami.com/";

export function sealedSecretsOf(snapshot: ClusterSnapshot): readonly KubeObject<object>[] {
  return snapshot.listUntyped("bitnami.com", "SealedSecret");
}

/** Where a sealed value may be opened: cluster-wide wins over namespace-wide, as in the controller. */
export function scopeOf({ annotations }: KubeObject<object>): SealingScope {
  if (annotations[`${PREFIX}cluster-wide`] === "true") return "cluster-wide";
  return annotations[`${PREFIX}namespace-wide`] === "true" ? "namespace-wide" : "strict";
}

export function scopeAnnotation(scope: SealingScope): string {
  return `${PREFIX}${scope}`;
}

/** The sealed items as written, and what is wrong with the shape of each. */
export function sealedItemsOf(
  object: KubeObject<object>,
): readonly { readonly key: string; readonly problem: string | undefined }[] {
  const items = objectAt(object.value, ["spec", "encryptedData"]) ?? {};
  return Object.entries(items).map(([key, item]) => ({ key, problem: sealedItemProblem(item) }));
}

const SESSION_KEY_SIZES = new Set([256, 384, 512, 1024]);
const GCM_TAG = 16;

/**
 * What is wrong with the shape of a sealed item, or undefined. An item is base64 of: the length of the RSA ciphertext in two bytes,
 * big-endian; that ciphertext, as long as the RSA modulus; the AES-GCM ciphertext with its 16-byte tag.
 */
export function sealedItemProblem(item: unknown): string | undefined {
  if (typeof item !== "string" || item === "") return "is empty";
  if (/\{\{|\$\{|^<.*>$/.test(item)) return undefined;
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(item.replaceAll(/[\r\n]/g, "")))
    return "is not base64";
  const bytes = Buffer.from(item, "base64");
  if (bytes.length < 2) return `is ${bytes.length} byte long: it was never sealed`;
  const sessionKey = bytes.readUInt16BE(0);
  if (!SESSION_KEY_SIZES.has(sessionKey))
    return "does not begin with the length of an RSA ciphertext: it was never sealed, and may be the plain value in base64";
  if (bytes.length < 2 + sessionKey + GCM_TAG)
    return `is cut off: ${bytes.length} bytes, where at least ${2 + sessionKey + GCM_TAG} are needed`;
  return undefined;
}
