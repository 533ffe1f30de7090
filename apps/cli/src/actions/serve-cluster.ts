/** What the command line says about the cluster that the webhook serves. */
import { hostname } from "node:os";
import type { ServeOptions } from "@redoubt/server";
import type { ParsedArguments } from "../arguments/parse.ts";
import { UsageError } from "../arguments/usage-error.ts";
import type { Flag } from "../arguments/flag.ts";
import * as flags from "../flags/serve.ts";
import { connectionOf } from "./read-cluster.ts";

type ServedCluster = NonNullable<ServeOptions["cluster"]>;

/** Where nothing says which namespace is the webhook's own. */
const NAMESPACE = "redoubt-system";
/** Between two requests of an audit: the API server has others to answer. */
const AUDIT_PAUSE_MS = 50;

/** Flags that mean nothing without one of others. */
const NEEDS: readonly (readonly [needing: readonly Flag<unknown>[], needed: readonly Flag<unknown>[]])[] = [
  [
    [
      flags.installKinds,
      flags.policyConfigMaps,
      flags.replicated,
      flags.auditInterval,
      flags.registerService,
      flags.registerUrl,
    ],
    [flags.cluster],
  ],
  [[flags.auditChunk, flags.violationsLimit], [flags.auditInterval]],
  [
    [flags.failurePolicy, flags.webhookTimeout],
    [flags.registerService, flags.registerUrl],
  ],
];

/** The environment names the pod: the downward API gives POD_NAME and POD_NAMESPACE. */
export async function clusterOf(
  args: ParsedArguments,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ServedCluster | undefined> {
  const isGiven = (flag: Flag<unknown>): boolean => {
    const value = args.get(flag);
    return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
  };
  for (const [needing, needed] of NEEDS) {
    const alone = needed.some(isGiven) ? undefined : needing.find(isGiven);
    if (alone === undefined) continue;
    const names = needed.map(({ name }) => `--${name}`).join(" or ");
    throw new UsageError("USAGE_FLAG_CONFLICT", `--${alone.name} needs ${names}`);
  }
  if (!args.get(flags.cluster)) return undefined;
  const podNamespace = env["POD_NAMESPACE"];
  const podName = env["POD_NAME"];
  const intervalMs = args.get(flags.auditInterval);
  const register = registrationOf(args);
  const replicated = args.get(flags.replicated).map(kindNamed);
  return {
    connection: await connectionOf(args),
    namespace: args.get(flags.protectedNamespace) ?? podNamespace ?? NAMESPACE,
    pod: podName ?? hostname(),
    isPod: podName !== undefined && podNamespace !== undefined,
    gatekeeper: { install: args.get(flags.installKinds) },
    configMapNamespaces: args.get(flags.policyConfigMaps),
    replicated,
    exemptNamespaces: args.get(flags.exemptNamespaces),
    ...(intervalMs === undefined
      ? {}
      : {
          audit: {
            intervalMs,
            chunk: args.get(flags.auditChunk) ?? 100,
            pauseMs: AUDIT_PAUSE_MS,
            violations: args.get(flags.violationsLimit) ?? 20,
          },
        }),
    ...(register === undefined ? {} : { register }),
  };
}

/** By which names the API server may ask a Service. */
export function serviceNames(cluster: ServedCluster | undefined): readonly string[] {
  const service = cluster?.register?.client.service;
  if (service === undefined) return [];
  const name = `${service.name}.${service.namespace}.svc`;
  return [name, `${name}.cluster.local`];
}

function registrationOf(args: ParsedArguments): ServedCluster["register"] {
  const service = args.get(flags.registerService);
  const url = args.get(flags.registerUrl);
  if (service === undefined && url === undefined) return undefined;
  if (service !== undefined && url !== undefined)
    throw new UsageError("USAGE_FLAG_CONFLICT", "--register-service and --register-url exclude each other");
  if (args.get(flags.tlsCert) !== undefined)
    throw new UsageError(
      "USAGE_FLAG_CONFLICT",
      "the webhook is registered with a certificate of Redoubt's own; with --tls-cert whoever issues it registers the webhook too",
    );
  return {
    client: service === undefined ? { url: httpsUrl(url ?? "") } : { service: serviceNamed(service) },
    failurePolicy: args.get(flags.failurePolicy) === "ignore" ? "Ignore" : "Fail",
    timeoutSeconds: args.get(flags.webhookTimeout) ?? 5,
  };
}

function httpsUrl(text: string): string {
  if (URL.canParse(text) && new URL(text).protocol === "https:") return text;
  throw new UsageError("USAGE_FLAG_VALUE", `--register-url is an https address, not "${text}"`);
}

function serviceNamed(text: string): { readonly namespace: string; readonly name: string; readonly port: number } {
  const [, namespace = "", name = "", port = "443"] = /^([a-z0-9-]+)\/([a-z0-9-]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (name !== "" && Number(port) > 0 && Number(port) <= 65_535) return { namespace, name, port: Number(port) };
  throw new UsageError(
    "USAGE_FLAG_VALUE",
    `--register-service is NAMESPACE/NAME or NAMESPACE/NAME:PORT, not "${text}"`,
  );
}

function kindNamed(text: string): { readonly group: string; readonly version: string; readonly kind: string } {
  const [, group = "", version = "", kind = ""] =
    /^(?:([a-z0-9.-]+)\/)?(v[a-z0-9]+)\/([A-Z][A-Za-z0-9]*)$/.exec(text) ?? [];
  if (kind !== "") return { group, version, kind };
  throw new UsageError("USAGE_FLAG_VALUE", `--replicate is a kind such as v1/Pod or apps/v1/Deployment, not "${text}"`);
}
