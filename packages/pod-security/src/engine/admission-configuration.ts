import { type JsonObject, type JsonValue, isJsonObject, jsonText } from "@redoubt/kube";
import { type LevelVersion, parseLevel, parseVersion } from "./level-version.ts";
import { quote } from "./message-text.ts";
import { DEFAULT_POLICY, MODES, type Mode, type NamespacePolicy } from "./namespace-policy.ts";

/** Requests that Pod Security lets pass unjudged. Matched exactly. */
export interface Exemptions {
  readonly usernames: readonly string[];
  readonly runtimeClasses: readonly string[];
  readonly namespaces: readonly string[];
}

/** How an API server's Pod Security admission is set up. */
export interface PodSecurityConfiguration {
  readonly defaults: NamespacePolicy;
  readonly exemptions: Exemptions;
}

/** What an API server does that was given no configuration. */
export const DEFAULT_CONFIGURATION: PodSecurityConfiguration = {
  defaults: DEFAULT_POLICY,
  exemptions: { usernames: [], runtimeClasses: [], namespaces: [] },
};

const GROUP = "pod-security.admission.config.k8s.io";
const API_VERSIONS = ["v1", "v1beta1", "v1alpha1"].map((version) => `${GROUP}/${version}`);

export type ConfigurationResult =
  | { readonly ok: true; readonly configuration: PodSecurityConfiguration }
  | { readonly ok: false; readonly errors: readonly string[] };

/**
 * Reads a PodSecurityConfiguration, or the one inside an AdmissionConfiguration (plugin `PodSecurity`, given inline). The
 * API server refuses to start with a configuration that has errors. Undefined when the value is neither kind, or an
 * AdmissionConfiguration without the plugin or with one that names a file.
 */
export function parsePodSecurityConfiguration(value: unknown): ConfigurationResult | undefined {
  if (!isJsonObject(value)) return undefined;
  if (value["kind"] === "AdmissionConfiguration") return fromAdmissionConfiguration(value);
  if (value["kind"] !== "PodSecurityConfiguration") return undefined;
  const errors: string[] = [];
  const apiVersion = value["apiVersion"];
  if (typeof apiVersion !== "string" || !API_VERSIONS.includes(apiVersion)) {
    errors.push(`apiVersion: ${JSON.stringify(apiVersion)} is not one of ${API_VERSIONS.join(", ")}`);
  }
  const defaults = section(value, "defaults", errors);
  const exemptions = section(value, "exemptions", errors);
  const policy: Record<Mode, LevelVersion> = { ...DEFAULT_POLICY };
  for (const mode of MODES) policy[mode] = levelVersion(defaults, mode, errors);
  const configuration: PodSecurityConfiguration = {
    defaults: policy,
    exemptions: {
      namespaces: names(exemptions, "namespaces", errors),
      runtimeClasses: names(exemptions, "runtimeClasses", errors),
      usernames: names(exemptions, "usernames", errors),
    },
  };
  return errors.length === 0 ? { ok: true, configuration } : { ok: false, errors };
}

function fromAdmissionConfiguration(value: JsonObject): ConfigurationResult | undefined {
  const plugins = Array.isArray(value["plugins"]) ? value["plugins"].filter(isJsonObject) : [];
  return parsePodSecurityConfiguration(plugins.find(({ name }) => name === "PodSecurity")?.["configuration"]);
}

function section(value: JsonObject, field: string, errors: string[]): JsonObject {
  const found: JsonValue | undefined = value[field];
  if (found === undefined || found === null) return {};
  if (isJsonObject(found)) return found;
  errors.push(`${field}: must be an object`);
  return {};
}

function levelVersion(defaults: JsonObject, mode: Mode, errors: string[]): LevelVersion {
  const level = parseLevel(text(defaults, mode, errors) || "privileged");
  if (level.error !== undefined) errors.push(invalid(`defaults.${mode}`, defaults[mode], level.error));
  const version = parseVersion(text(defaults, `${mode}-version`, errors) || "latest");
  if (version.error !== undefined) {
    errors.push(invalid(`defaults.${mode}-version`, defaults[`${mode}-version`], version.error));
  }
  return { level: level.value, version: version.value };
}

function text(defaults: JsonObject, field: string, errors: string[]): string {
  const value = defaults[field];
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  errors.push(`defaults.${field}: must be a string`);
  return "";
}

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const NAME_RULES: Readonly<
  Record<keyof Exemptions, { readonly isValid: (name: string) => boolean; readonly rule: string }>
> = {
  namespaces: { isValid: (name) => name.length <= 63 && DNS_LABEL.test(name), rule: "must be a namespace's name" },
  runtimeClasses: {
    isValid: (name) => name.length <= 253 && DNS_SUBDOMAIN.test(name),
    rule: "must be a runtime class's name",
  },
  usernames: { isValid: (name) => name !== "", rule: "username must not be empty" },
};

function names(exemptions: JsonObject, field: keyof Exemptions, errors: string[]): string[] {
  const given = exemptions[field];
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) {
    errors.push(`exemptions.${field}: must be a list`);
    return [];
  }
  const seen = new Set<string>();
  for (const [index, name] of given.entries()) {
    const path = `exemptions.${field}[${index}]`;
    if (typeof name !== "string" || !NAME_RULES[field].isValid(name)) {
      errors.push(invalid(path, name, NAME_RULES[field].rule));
    } else if (seen.has(name)) {
      errors.push(`${path}: Duplicate value: ${quote(name)}`);
    } else {
      seen.add(name);
    }
  }
  return [...seen];
}

function invalid(path: string, value: JsonValue | undefined, detail: string): string {
  return `${path}: Invalid value: ${typeof value === "string" ? quote(value) : jsonText(value)}: ${detail}`;
}
