import type { Control } from "@redoubt/control";
import { everyRight } from "./rbac-001-every-right.ts";
import { wildcardResources } from "./rbac-002-wildcard-resources.ts";
import { wildcardVerbs } from "./rbac-003-wildcard-verbs.ts";
import { wildcardApiGroups } from "./rbac-004-wildcard-api-groups.ts";
import { clusterAdminBindings } from "./rbac-005-cluster-admin-bindings.ts";
import { systemMastersSubject } from "./rbac-006-system-masters-subject.ts";
import { anonymousGrants } from "./rbac-007-anonymous-grants.ts";
import { everyoneGrants } from "./rbac-008-everyone-grants.ts";
import { defaultAccountGrants } from "./rbac-009-default-account-grants.ts";
import { readSecrets } from "./rbac-010-read-secrets.ts";
import { writeSecrets } from "./rbac-011-write-secrets.ts";
import { runWorkloads } from "./rbac-012-run-workloads.ts";
import { execIntoPods } from "./rbac-013-exec-into-pods.ts";
import { reachPodPorts } from "./rbac-014-reach-pod-ports.ts";
import { debugPods } from "./rbac-015-debug-pods.ts";
import { escalateRoles } from "./rbac-016-escalate-roles.ts";
import { bindRoles } from "./rbac-017-bind-roles.ts";
import { impersonate } from "./rbac-018-impersonate.ts";
import { issueTokens } from "./rbac-019-issue-tokens.ts";
import { kubeletApi } from "./rbac-020-kubelet-api.ts";
import { approveCertificates } from "./rbac-021-approve-certificates.ts";
import { writeAdmission } from "./rbac-022-write-admission.ts";
import { extendApi } from "./rbac-023-extend-api.ts";
import { createVolumes } from "./rbac-024-create-volumes.ts";
import { relabelNamespaces } from "./rbac-025-relabel-namespaces.ts";
import { writeNodes } from "./rbac-026-write-nodes.ts";
import { writeRbac } from "./rbac-027-write-rbac.ts";
import { urlWildcards } from "./rbac-028-url-wildcards.ts";
import { deleteCollection } from "./rbac-029-delete-collection.ts";
import { clusterWideAdmins } from "./rbac-030-cluster-wide-admins.ts";
import { aggregatedExtras } from "./rbac-031-aggregated-extras.ts";
import { overwrittenRules } from "./rbac-032-overwritten-rules.ts";
import { deadRules } from "./rbac-033-dead-rules.ts";
import { missingRoles } from "./rbac-034-missing-roles.ts";
import { missingAccounts } from "./rbac-035-missing-accounts.ts";
import { impossibleSubjects } from "./rbac-036-impossible-subjects.ts";
import { foreignAccounts } from "./rbac-037-foreign-accounts.ts";
import { powerlessRoleBindings } from "./rbac-038-powerless-role-bindings.ts";
import { unusedRoles } from "./rbac-039-unused-roles.ts";
import { singleUsers } from "./rbac-040-single-users.ts";

/** Every control of this layer, in id order. */
export const controls: readonly Control[] = [
  everyRight,
  wildcardResources,
  wildcardVerbs,
  wildcardApiGroups,
  clusterAdminBindings,
  systemMastersSubject,
  anonymousGrants,
  everyoneGrants,
  defaultAccountGrants,
  readSecrets,
  writeSecrets,
  runWorkloads,
  execIntoPods,
  reachPodPorts,
  debugPods,
  escalateRoles,
  bindRoles,
  impersonate,
  issueTokens,
  kubeletApi,
  approveCertificates,
  writeAdmission,
  extendApi,
  createVolumes,
  relabelNamespaces,
  writeNodes,
  writeRbac,
  urlWildcards,
  deleteCollection,
  clusterWideAdmins,
  aggregatedExtras,
  overwrittenRules,
  deadRules,
  missingRoles,
  missingAccounts,
  impossibleSubjects,
  foreignAccounts,
  powerlessRoleBindings,
  unusedRoles,
  singleUsers,
];
