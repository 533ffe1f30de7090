/** What the answering part of a webhook is to know, as plain values that another process can be told. */
import { ProviderClient } from "@redoubt/admission";
import { judgePodSecurity } from "@redoubt/posture";
import type { LogLevel } from "../log.ts";
import type { CompileOptions } from "../policies/compile-policies.ts";
import { Protection, type ProtectionOptions } from "./protection.ts";
import { type AnsweringOptions, DEFAULT_MAX_DEPTH, type WebhookLimits } from "./start-webhook.ts";

export interface WebhookSettings {
  readonly host: string;
  /** 0 takes one that is free. */
  readonly port: number;
  readonly limits: Partial<WebhookLimits>;
  readonly exemptNamespaces: readonly string[];
  readonly protection: ProtectionOptions | undefined;
  /** Judge by Pod Security's labels too. */
  readonly podSecurity: boolean;
  /** Authorities, in PEM, and names of clients that may ask; absent where anyone may. */
  readonly clients: { readonly authorities: string; readonly names: readonly string[] } | undefined;
  readonly compile: CompileOptions;
  readonly logLevel: LogLevel;
}

type Answering = Pick<AnsweringOptions, "host" | "port" | "limits" | "clients" | "admission">;

export function answeringOptions(settings: WebhookSettings): Answering & { readonly limits: Partial<WebhookLimits> } {
  const { host, port, limits, exemptNamespaces, protection, podSecurity, clients, compile } = settings;
  return {
    host,
    port,
    limits,
    clients: clients === undefined ? undefined : { ...clients, names: new Set(clients.names) },
    admission: {
      exemptNamespaces: new Set(exemptNamespaces),
      maxDepth: DEFAULT_MAX_DEPTH,
      protection: protection === undefined ? undefined : new Protection(protection),
      podSecurity: podSecurity ? judgePodSecurity : undefined,
      providers: compile.providers === undefined ? undefined : new ProviderClient({ clock: () => performance.now() }),
    },
  };
}
