import type { Ingress, KubeObject, Path } from "@redoubt/kube";

/** Annotations by which controllers take a certificate from elsewhere. */
const CERTIFICATE_ANNOTATIONS = [
  "alb.ingress.kubernetes.io/certificate-arn",
  "networking.gke.io/managed-certificates",
  "ingress.gcp.kubernetes.io/pre-shared-cert",
  "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
  "traefik.ingress.kubernetes.io/router.tls",
];

/** The hosts that an Ingress serves without a certificate, as messages name them. */
export function hostsWithoutTls(
  ingress: KubeObject<Ingress>,
): readonly { readonly host: string; readonly path: Path }[] {
  if (CERTIFICATE_ANNOTATIONS.some((key) => Object.hasOwn(ingress.annotations, key))) return [];
  const { rules = [], tls = [], defaultBackend } = ingress.value.spec ?? {};
  // An entry without hosts is the certificate for every host.
  if (tls.some(({ hosts = [] }) => hosts.length === 0)) return [];
  const covered = tls.flatMap(({ hosts = [] }) => hosts);
  if (rules.length === 0) {
    return defaultBackend === undefined || covered.length > 0 ? [] : [{ host: "every host", path: ["spec"] }];
  }
  if (covered.length === 0) {
    const hosts = [...new Set(rules.map(({ host = "" }) => host))].filter((host) => host !== "");
    return [{ host: hosts.length === 0 ? "every host" : hosts.join(", "), path: ["spec"] }];
  }
  return rules.flatMap(({ host = "" }, index) =>
    host === "" || covered.some((name) => coversHost(name, host))
      ? []
      : [{ host, path: ["spec", "rules", index, "host"] }],
  );
}

/** A wildcard stands for exactly one label. */
function coversHost(certificate: string, host: string): boolean {
  if (certificate.toLowerCase() === host.toLowerCase()) return true;
  return (
    certificate.startsWith("*.") && host.slice(host.indexOf(".")).toLowerCase() === certificate.slice(1).toLowerCase()
  );
}
