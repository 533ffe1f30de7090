/** The minor number of a Kubernetes version 1.x such as `v1.34.4` or `v1.30.2-gke.100`; undefined for anything else. */
export function minorVersion(version: string): number | undefined {
  const match = /^v?1\.(\d{1,3})(?:[.+-]|$)/.exec(version);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** How many minor versions a kubelet or kube-proxy may be behind its API server (Kubernetes version skew policy: three since 1.28). */
export function kubeletSkew(server: number): number {
  return server >= 28 ? 3 : 2;
}
