/** What the process that leads and its workers tell each other. Both are of one version and trust each other. */
import type { JsonObject } from "@redoubt/kube";
import type { ServingCertificate } from "../certificates/serving-certificate.ts";
import type { MetricsSnapshot } from "../metrics/metric.ts";
import type { PolicyModules } from "../policies/compile-policies.ts";
import type { DrainTimes } from "../webhook/start-webhook.ts";
import type { WebhookSettings } from "../webhook/webhook-settings.ts";
import type { KindChange } from "./cluster-changes.ts";

export type ToWorker =
  | {
      readonly to: "worker";
      readonly kind: "start";
      readonly settings: WebhookSettings;
      readonly certificate: ServingCertificate;
    }
  | { readonly to: "worker"; readonly kind: "certificate"; readonly certificate: ServingCertificate }
  | {
      readonly to: "worker";
      readonly kind: "policies";
      readonly revision: number;
      readonly objects: readonly JsonObject[];
      readonly modules: PolicyModules;
    }
  | { readonly to: "worker"; readonly kind: "cluster"; readonly changes: readonly KindChange[] }
  | { readonly to: "worker"; readonly kind: "measure"; readonly id: number }
  /** To what the worker has asked. */
  | { readonly to: "worker"; readonly kind: "answer"; readonly id: number; readonly text: string }
  | { readonly to: "worker"; readonly kind: "stop"; readonly drain: DrainTimes };

export type ToLeader =
  /** Policies are in force and the port is open. */
  | { readonly to: "leader"; readonly kind: "ready"; readonly port: number }
  | { readonly to: "leader"; readonly kind: "failed"; readonly code: string; readonly message: string }
  /** The policies of this revision are in force. */
  | { readonly to: "leader"; readonly kind: "applied"; readonly revision: number }
  | { readonly to: "leader"; readonly kind: "measured"; readonly id: number; readonly metrics: MetricsSnapshot }
  | { readonly to: "leader"; readonly kind: "ask"; readonly id: number; readonly about: Question };

/** Why requests should go elsewhere (empty once they may come), or what `/metrics` says. */
export type Question = "readiness" | "metrics";

export function isToWorker(message: unknown): message is ToWorker {
  return typeof message === "object" && message !== null && "to" in message && message.to === "worker";
}

export function isToLeader(message: unknown): message is ToLeader {
  return typeof message === "object" && message !== null && "to" in message && message.to === "leader";
}
