import type { Control } from "@redoubt/control";
import { controls as admission } from "@redoubt/admission";
import { controls as audit } from "@redoubt/audit";
import { controls as detection } from "@redoubt/detection";
import { controls as images } from "@redoubt/images";
import { controls as infrastructure } from "@redoubt/infrastructure";
import { controls as mesh } from "@redoubt/mesh";
import { controls as network } from "@redoubt/network";
import { controls as podSecurity } from "@redoubt/pod-security";
import { controls as rbac } from "@redoubt/rbac";
import { controls as response } from "@redoubt/response";
import { controls as secrets } from "@redoubt/secrets";
import { closest } from "./text/closest.ts";

/** Every control there is, by id: the ids of one package stand together. */
export const catalogue: readonly Control[] = [
  ...infrastructure,
  ...rbac,
  ...podSecurity,
  ...network,
  ...mesh,
  ...secrets,
  ...images,
  ...admission,
  ...audit,
  ...detection,
  ...response,
].sort((a, b) => (a.id < b.id ? -1 : 1));

const byId: ReadonlyMap<string, Control> = new Map(catalogue.map((control) => [control.id, control]));

export type ControlLookup =
  | { readonly kind: "found"; readonly control: Control }
  /** `suggestions`: ids and titles that may have been meant, best first, at most three. */
  | { readonly kind: "unknown"; readonly suggestions: readonly Control[] };

/**
 * The control of an id, in any case and with or without leading zeros (`rbac-1`).
 *
 * @example
 * findControl("RBAC-0001"); // { kind: "unknown", suggestions: [RBAC-001, ...] }
 */
export function findControl(id: string): ControlLookup {
  const control = byId.get(canonicalId(id));
  if (control !== undefined) return { kind: "found", control };
  const ids = closest(
    canonicalId(id),
    catalogue.map((candidate) => candidate.id),
  );
  return { kind: "unknown", suggestions: ids.flatMap((found) => byId.get(found) ?? []) };
}

function canonicalId(id: string): string {
  return id
    .trim()
    .toUpperCase()
    .replace(
      /^([A-Z]+)[-_ ]?0*(\d{1,3})$/,
      (_, prefix: string, number: string) => `${prefix}-${number.padStart(3, "0")}`,
    );
}
