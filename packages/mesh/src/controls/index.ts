import type { Control } from "@redoubt/control";
import { namespaceStrictMtls } from "./mesh-001-namespace-strict-mtls.ts";
import { workloadMtlsExceptions } from "./mesh-002-workload-mtls-exceptions.ts";
import { meshWideMtls } from "./mesh-003-mesh-wide-mtls.ts";
import { ignoredPortModes } from "./mesh-004-ignored-port-modes.ts";
import { policiesWithoutPods } from "./mesh-005-policies-without-pods.ts";
import { authorizationDefaultDeny } from "./mesh-006-authorization-default-deny.ts";
import { allowEveryone } from "./mesh-007-allow-everyone.ts";
import { invalidAuthorization } from "./mesh-008-invalid-authorization.ts";
import { impossiblePrincipals } from "./mesh-009-impossible-principals.ts";
import { identitiesWithoutMtls } from "./mesh-010-identities-without-mtls.ts";
import { httpRulesOnTcp } from "./mesh-011-http-rules-on-tcp.ts";
import { tokensWithoutAuthentication } from "./mesh-012-tokens-without-authentication.ts";
import { optionalTokens } from "./mesh-013-optional-tokens.ts";
import { clientTlsSettings } from "./mesh-014-client-tls-settings.ts";
import { plainHttpGateways } from "./mesh-015-plain-http-gateways.ts";
import { oldTlsGateways } from "./mesh-016-old-tls-gateways.ts";
import { openEgress } from "./mesh-017-open-egress.ts";
import { refusedInjection } from "./mesh-018-refused-injection.ts";
import { bypassedProxy } from "./mesh-019-bypassed-proxy.ts";
import { hostNetworkMembers } from "./mesh-020-host-network-members.ts";
import { envoyFilters } from "./mesh-021-envoy-filters.ts";
import { oldApiVersions } from "./mesh-022-old-api-versions.ts";

/** Every control of this layer, in id order. */
export const controls: readonly Control[] = [
  namespaceStrictMtls,
  workloadMtlsExceptions,
  meshWideMtls,
  ignoredPortModes,
  policiesWithoutPods,
  authorizationDefaultDeny,
  allowEveryone,
  invalidAuthorization,
  impossiblePrincipals,
  identitiesWithoutMtls,
  httpRulesOnTcp,
  tokensWithoutAuthentication,
  optionalTokens,
  clientTlsSettings,
  plainHttpGateways,
  oldTlsGateways,
  openEgress,
  refusedInjection,
  bypassedProxy,
  hostNetworkMembers,
  envoyFilters,
  oldApiVersions,
];
