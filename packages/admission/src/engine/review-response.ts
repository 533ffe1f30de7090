/** The AdmissionReview that answers a request (admission.k8s.io/v1), with nothing in it that the API server would drop or refuse. */
import { createHash } from "node:crypto";
import { type JsonObject, jsonText } from "@redoubt/kube";
import type { Decision } from "./decide.ts";

export interface ResponseOptions {
  /** Of the review that asked: the API server wants its own version back. Default: admission.k8s.io/v1. */
  readonly apiVersion?: string;
  /** Only a mutating webhook may answer with patches. Default: both may be asked. */
  readonly isValidating?: boolean;
}

export function reviewResponse(uid: string, decision: Decision, options: ResponseOptions = {}): JsonObject {
  const { apiVersion = "admission.k8s.io/v1", isValidating = false } = options;
  const { allowed, message, code, reason, warnings, patches, auditAnnotations } = decision;
  const response: JsonObject = { uid, allowed };
  if (!allowed) {
    const status = { status: "Failure", message: shortened(message ?? "", MESSAGE_BYTES) };
    response["status"] = { ...status, reason: reason ?? "Forbidden", code: code ?? 403 };
  }
  if (warnings.length > 0) response["warnings"] = warnings.slice(0, WARNINGS).map(warningText);
  if (patches.length > 0 && !isValidating) {
    response["patchType"] = "JSONPatch";
    response["patch"] = Buffer.from(jsonText(patches)).toString("base64");
  }
  const annotations = Object.entries(auditAnnotations);
  if (annotations.length > 0) {
    response["auditAnnotations"] = Object.fromEntries(
      annotations.map(([key, value]) => [annotationKey(key), shortened(value, ANNOTATION_BYTES)]),
    );
  }
  return { apiVersion, kind: "AdmissionReview", response };
}

/** A client shows it, and an audit log keeps it. */
const MESSAGE_BYTES = 32 * 1024;
/** The most that the API server takes of one from its own policies. */
const ANNOTATION_BYTES = 10 * 1024;
const WARNINGS = 64;
const WARNING_LENGTH = 256;

/** The API server leaves out warnings with control characters (net.NewWarningHeader), and cuts those beyond 256 characters. */
function warningText(text: string): string {
  const line = text.toWellFormed().replaceAll(/\p{Cc}+/gu, " ");
  // By code points, as the API server counts.
  const characters = Array.from(line.slice(0, 2 * WARNING_LENGTH));
  return characters.length <= WARNING_LENGTH ? line : `${characters.slice(0, WARNING_LENGTH - 1).join("")}…`;
}

/**
 * The API server puts `WEBHOOK/` before a key and leaves the annotation out unless that is a qualified name: the key is up to 63
 * characters of `[A-Za-z0-9_.-]`, with a letter or digit at both ends.
 */
function annotationKey(key: string): string {
  const named = key.replaceAll("/", ".").replaceAll(/[^A-Za-z0-9_.-]/g, "_");
  const trimmed = named.replace(/^[^A-Za-z0-9]+/, "").replace(/[^A-Za-z0-9]+$/, "");
  if (trimmed.length <= 63 && trimmed !== "") return trimmed;
  const digest = createHash("sha256").update(key).digest("hex").slice(0, 12);
  return trimmed === "" ? digest : `${trimmed.slice(0, 50)}-${digest}`;
}

/** At most so many bytes of UTF-8, cut between two characters. */
function shortened(text: string, bytes: number): string {
  const wellFormed = text.toWellFormed();
  if (wellFormed.length * 3 <= bytes || Buffer.byteLength(wellFormed) <= bytes) return wellFormed;
  const cut = Buffer.from(wellFormed)
    .subarray(0, bytes - 3)
    .toString("utf8");
  return `${cut.replace(/\uFFFD$/, "")}…`;
}
