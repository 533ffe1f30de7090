export {
  type Authorities,
  type AuthorityStore,
  FileAuthorityStore,
  MemoryAuthorityStore,
  readAuthorities,
  writeAuthorities,
} from "./certificates/authority-store.ts";
export { CertificateFiles } from "./certificates/certificate-files.ts";
export {
  type Authority,
  type Validity,
  createAuthority,
  issueClientCertificate,
  issueServingCertificate,
} from "./certificates/issue-certificate.ts";
export { OwnAuthority, type OwnAuthorityOptions } from "./certificates/own-authority.ts";
export type { CertificateSource, ServingCertificate } from "./certificates/serving-certificate.ts";
export { type AuditSettings, ClusterController, type ClusterOptions } from "./cluster-controller.ts";
export { type Log, type LogLevel, createLog } from "./log.ts";
export type { CompileOptions, PolicyProblem } from "./policies/compile-policies.ts";
export type { PolicyContents, PolicySource, SourceProblem } from "./policies/policy-source.ts";
export { type ClusterState, type PoliciesInForce, PolicyStore } from "./policies/policy-store.ts";
export { FilesSource } from "./policies/files-source.ts";
export { SecretAuthorityStore } from "./registration/secret-authority-store.ts";
export { type ServeHost, type ServeOptions, serve } from "./serve.ts";
export type { AdmissionOptions } from "./webhook/admission-endpoint.ts";
export type { ClientCheck } from "./webhook/client-certificate.ts";
export { Protection, type ProtectionOptions } from "./webhook/protection.ts";
export { type RunningWebhook, type WebhookOptions, startWebhook } from "./webhook/start-webhook.ts";
