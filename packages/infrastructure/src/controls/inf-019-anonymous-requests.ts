import type { Control, ControlReport } from "@redoubt/control";
import { type ClusterSnapshot, type EvidenceOf, booleanAt, listAt, objectAt } from "@redoubt/kube";
import { flagAsGiven, reportNoFlags } from "../engine/flag-rules.ts";
import { type Component, componentsOf, flagItems } from "../model/component.ts";
import { evidenceOfType, looksAtCluster, readAt } from "../model/evidence.ts";
import { parseFlagBoolean } from "../model/flag-boolean.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

const EFFECT =
  "requests without credentials are served as system:anonymous, so every binding to that user or to system:unauthenticated counts for anyone who reaches the port";

export const anonymousRequests: Control = {
  id: "INF-019",
  title: "The API server serves no anonymous requests",
  layer: "infrastructure",
  item: "rbac",
  severity: "medium",
  references: [
    ...cisReferences("1.2.1"),
    { framework: "NSA-CISA", version: "1.2", id: "Authentication and authorization" },
    { framework: "OWASP-K8S", version: "2025", id: "K09" },
  ],
  rationale:
    "Clusters have been taken over because one binding gave rights to system:anonymous, by mistake or by the intruder. Where anonymous requests are refused such a binding does nothing.",
  remediation:
    "Start kube-apiserver with --anonymous-auth=false, or limit anonymous requests to health checks by an AuthenticationConfiguration with anonymous.conditions.",
  examples: {
    failing: `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer:
  extraArgs:
  - name: anonymous-auth
    value: "true"
`,
    passing: `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer:
  extraArgs:
  - name: anonymous-auth
    value: "false"
`,
  },
  fixable: false,
  check(snapshot, report) {
    const servers = componentsOf(snapshot, "kube-apiserver");
    for (const server of servers) judge(server, snapshot, report);
    if (servers.length > 0 || !looksAtCluster(snapshot)) return;
    const probe = probeOf(snapshot);
    if (probe?.status === 401) report.pass(probe.object);
    else if (probe !== undefined && (probe.status === 200 || probe.status === 403))
      report.fail(probe.object, {
        message: `kube-apiserver (${readAt(probe)}) answered ${probe.status} where one that refuses anonymous requests answers 401: ${EFFECT}`,
        path: ["status"],
      });
    else reportNoFlags(snapshot, "kube-apiserver", report);
  },
};

function judge(server: Component, snapshot: ClusterSnapshot, report: ControlReport): void {
  const { object, source, flags, path } = server;
  const flag = flags.get("anonymous-auth");
  // With the AlwaysAllow authorizer the API server turns anonymous requests off by itself.
  const allowsAll = !flags.has("authorization-config") && authorizesAll(server);
  const configuration = flags.has("authentication-config") ? anonymousConfiguration(snapshot) : undefined;
  if (parseFlagBoolean(flag?.value) === false || allowsAll || configuration?.limited === true) {
    report.pass(object);
    return;
  }
  if (flags.has("authentication-config") && configuration === undefined) {
    const probe = probeOf(snapshot);
    if (probe?.status === 401) report.pass(probe.object);
    else
      report.unknown(object, {
        message:
          "whether anonymous requests are served is decided by the AuthenticationConfiguration, which was not given",
        needs: "the file that --authentication-config names, or a live cluster",
        path: flags.get("authentication-config")?.path ?? path,
      });
    return;
  }
  const named = `kube-apiserver${source === "" ? "" : ` (${source})`}`;
  report.fail(object, {
    message: `${named}: ${flagAsGiven("anonymous-auth", flag?.value, "true")}: ${EFFECT}`,
    path: flag?.path ?? path,
  });
}

function authorizesAll(server: Component): boolean {
  const modes = flagItems(server, "authorization-mode");
  return modes.length === 0 || (modes.length === 1 && modes[0] === "AlwaysAllow");
}

/** What a given AuthenticationConfiguration says: off, or only under conditions on the path. Undefined where it says nothing. */
function anonymousConfiguration(snapshot: ClusterSnapshot): { readonly limited: boolean } | undefined {
  const first = snapshot
    .listUntyped("apiserver.config.k8s.io", "AuthenticationConfiguration")
    .find(({ value }) => objectAt(value, ["anonymous"]) !== undefined);
  if (first === undefined) return undefined;
  const off = booleanAt(first.value, ["anonymous", "enabled"]) !== true;
  return { limited: off || listAt(first.value, ["anonymous", "conditions"]).length > 0 };
}

function probeOf(snapshot: ClusterSnapshot): EvidenceOf<"anonymous-probe"> | undefined {
  return evidenceOfType(snapshot, "anonymous-probe")[0];
}
