/** Secrets as steps make and read them. */
import { isJsonObject, listAt, stringAt } from "@redoubt/kube";
import type { AttackLab } from "../attack-lab.ts";

export function secretNamed(name: string): object {
  return { metadata: { name }, stringData: { word: "open sesame" } };
}

/** A Secret that a controller fills with a token of the victim. */
export function tokenSecretNamed(name: string): object {
  return {
    metadata: { name, annotations: { "kubernetes.io/service-account.name": "victim" } },
    type: "kubernetes.io/service-account-token",
  };
}

export const namesOf = (body: unknown): string =>
  listAt(body, ["items"])
    .flatMap((item) => stringAt(item, ["metadata", "name"]) ?? [])
    .join(" ");

/** A decoded value; empty where there is none. */
export function valueOf(secret: unknown, key: string): string {
  return isJsonObject(secret) ? Buffer.from(stringAt(secret, ["data", key]) ?? "", "base64").toString() : "";
}

/** Waits until the controller has written the token, and returns it. */
export async function writtenToken(lab: AttackLab, name: string): Promise<string> {
  const token = async (): Promise<string> =>
    valueOf((await lab.plane.admin.get(lab.path(`secrets/${name}`))).body, "token");
  await lab.until(async () => (await token()) !== "");
  return token();
}
