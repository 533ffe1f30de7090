import type { Control } from "@redoubt/control";
import { defaultDenyIngress } from "./net-001-default-deny-ingress.ts";
import { defaultDenyEgress } from "./net-002-default-deny-egress.ts";
import { policiesWithoutPods } from "./net-003-policies-without-pods.ts";
import { ingressFromAnywhere } from "./net-004-ingress-from-anywhere.ts";
import { egressToAnywhere } from "./net-005-egress-to-anywhere.ts";
import { anyNamespacePeers } from "./net-006-any-namespace-peers.ts";
import { wholeInternetBlocks } from "./net-007-whole-internet-blocks.ts";
import { addressBlockMistakes } from "./net-008-address-block-mistakes.ts";
import { rulesWithoutPorts } from "./net-009-rules-without-ports.ts";
import { dnsCutOff } from "./net-010-dns-cut-off.ts";
import { eitherOrPeers } from "./net-011-either-or-peers.ts";
import { ignoredRules } from "./net-012-ignored-rules.ts";
import { namespaceNameLabel } from "./net-013-namespace-name-label.ts";
import { policiesWithoutNamespace } from "./net-014-policies-without-namespace.ts";
import { unselectedWorkloads } from "./net-015-unselected-workloads.ts";
import { hostNetworkPods } from "./net-016-host-network-pods.ts";
import { exposedServices } from "./net-017-exposed-services.ts";
import { externalIps } from "./net-018-external-ips.ts";
import { ingressWithoutTls } from "./net-019-ingress-without-tls.ts";
import { ingressAnyHost } from "./net-020-ingress-any-host.ts";
import { ingressSnippets } from "./net-021-ingress-snippets.ts";
import { metadataService } from "./net-022-metadata-service.ts";
import { impossibleSelectors } from "./net-023-impossible-selectors.ts";
import { unresolvedNamedPorts } from "./net-024-unresolved-named-ports.ts";
import { portMistakes } from "./net-025-port-mistakes.ts";

/** Every control of this layer, in id order. */
export const controls: readonly Control[] = [
  defaultDenyIngress,
  defaultDenyEgress,
  policiesWithoutPods,
  ingressFromAnywhere,
  egressToAnywhere,
  anyNamespacePeers,
  wholeInternetBlocks,
  addressBlockMistakes,
  rulesWithoutPorts,
  dnsCutOff,
  eitherOrPeers,
  ignoredRules,
  namespaceNameLabel,
  policiesWithoutNamespace,
  unselectedWorkloads,
  hostNetworkPods,
  exposedServices,
  externalIps,
  ingressWithoutTls,
  ingressAnyHost,
  ingressSnippets,
  metadataService,
  impossibleSelectors,
  unresolvedNamedPorts,
  portMistakes,
];
