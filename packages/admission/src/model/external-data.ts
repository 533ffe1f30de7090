/** Providers of external data (externaldata.gatekeeper.sh), and what is said to them: frameworks' pkg/externaldata. */
import { X509Certificate } from "node:crypto";
import {
  type JsonObject,
  type JsonValue,
  booleanAt,
  isJsonObject,
  listAt,
  numberAt,
  objectAt,
  stringAt,
  valueAt,
} from "@redoubt/kube";

export const EXTERNAL_DATA_GROUP = "externaldata.gatekeeper.sh";
const API_VERSION = `${EXTERNAL_DATA_GROUP}/v1beta1`;

export interface Provider {
  readonly name: string;
  /** https only. */
  readonly url: string;
  /** Seconds; 0 is the default of whoever asks. */
  readonly timeout: number;
  /** Certificates in PEM: only what they signed is trusted. */
  readonly certificates: string;
}

/** Keys that a provider is asked for in one request. */
export interface ExternalDataRequest {
  readonly provider: string;
  readonly keys: readonly string[];
}

export interface ExternalDataItem {
  readonly key: string;
  readonly value: JsonValue;
  /** Empty where there is a value. */
  readonly error: string;
}

/** What a provider answered. */
export interface ProviderAnswer {
  readonly statusCode: number;
  readonly items: readonly ExternalDataItem[];
  readonly systemError: string;
  /** Whether the same keys always have the same values, without which nothing may be mutated by them. */
  readonly isIdempotent: boolean;
}

/** Why there is no answer. */
export interface ProviderFailure {
  readonly statusCode: number;
  readonly failure: string;
}

/** Reads a Provider; a string says why Gatekeeper refuses it. */
export function readProvider(value: JsonObject): Provider | string {
  const name = stringAt(value, ["metadata", "name"]) ?? "";
  const url = stringAt(value, ["spec", "url"]) ?? "";
  const timeout = numberAt(value, ["spec", "timeout"]) ?? 0;
  const bundle = stringAt(value, ["spec", "caBundle"]) ?? "";
  if (name === "") return "provider name can not be empty. value ";
  if (url === "") return "invalid provider url. value: ";
  if (timeout < 0) return `provider timeout should be a positive integer. value: ${timeout}`;
  if (originOf(url) === undefined) return "only HTTPS scheme is supported for Providers";
  if (bundle === "") return "caBundle should be set for HTTPS scheme";
  const certificates = Buffer.from(bundle, "base64").toString("utf8");
  const problem = certificateProblem(certificates);
  return problem ?? { name, url, timeout, certificates };
}

function certificateProblem(text: string): string | undefined {
  if (!text.includes("-----BEGIN CERTIFICATE-----")) return "bad caBundle";
  try {
    void new X509Certificate(text);
    return undefined;
  } catch (error) {
    return `failed to parse caBundle: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** `https://host:port` of a URL; undefined where it is none, or not https. */
export function originOf(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed?.protocol === "https:" ? parsed.origin : undefined;
}

/** The ProviderRequest that a provider is sent. */
export function providerRequest(keys: readonly string[]): JsonObject {
  return { apiVersion: API_VERSION, kind: "ProviderRequest", request: keys.length === 0 ? {} : { keys: [...keys] } };
}

/** Reads a ProviderResponse; a string says why it is none. */
export function readProviderResponse(text: string, statusCode: number): ProviderAnswer | string {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (!isJsonObject(body)) return "a ProviderResponse must be a mapping";
  const response = objectAt(body, ["response"]);
  return {
    statusCode,
    items: listAt(response, ["items"])
      .filter(isJsonObject)
      .map((item) => ({
        key: stringAt(item, ["key"]) ?? "",
        value: valueAt(item, ["value"]) ?? null,
        error: stringAt(item, ["error"]) ?? "",
      })),
    systemError: stringAt(response, ["systemError"]) ?? "",
    isIdempotent: booleanAt(response, ["idempotent"]) ?? false,
  };
}
