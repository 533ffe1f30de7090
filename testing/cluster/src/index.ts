export { ApiClient, type ApiResponse } from "./api-client.ts";
export { ETCD_VERSION, KUBERNETES_VERSION, findBinary, onPath } from "./binaries.ts";
export { CertificateAuthority, type KeyPair } from "./certificates.ts";
export { ControlPlane, type ControlPlaneOptions } from "./control-plane.ts";
export { sweep } from "./state.ts";
export { type ClusterWithNode, NODE_NAME, TEST_IMAGE, startClusterWithNode, whyNoNode } from "./node.ts";
