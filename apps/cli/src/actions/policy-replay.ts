import {
  type AdmissionRequest,
  type Decision,
  PolicySet,
  clusterViewOf,
  decideRequest,
  decideRequestWithProviders,
  isPolicy,
  requestForObject,
} from "@redoubt/admission";
import { type JsonObject, numberAt, objectAt, stringAt, stringsAt } from "@redoubt/kube";
import { UsageError } from "../arguments/usage-error.ts";
import type { Action } from "../command.ts";
import { decideOutput } from "../commands/policy-decide.ts";
import { policyFile, replayLog, replayObjects } from "../commands/policy-replay.ts";
import { EXIT } from "../exit-code.ts";
import { readAdmissionFiles } from "../policy/admission-files.ts";
import { reportExpressionWarnings, reportProblems, reportUnused } from "../policy/admission-report.ts";
import { allowedProviders, providerClient } from "../policy/providers.ts";
import { Tally } from "../policy/tally.ts";
import { eachAuditEvent } from "./audit-events.ts";
import { requiredPolicies } from "./policy-preview.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";

const OPERATIONS: Readonly<Record<string, string>> = {
  create: "CREATE",
  update: "UPDATE",
  patch: "UPDATE",
  delete: "DELETE",
};
const CREATED = 201;

export const runPolicyReplay: Action = async ({ args, host }) => {
  const files = await readAdmissionFiles(requiredPolicies(args, args.get(policyFile)), "--policies");
  const { objects } = await readAdmissionFiles(args.get(replayObjects), "--objects");
  const logs = args.get(replayLog);
  if (logs.length === 0)
    throw new UsageError("USAGE_FLAG_MISSING", "--audit-log FILE is missing (- for standard input)");
  const providers = allowedProviders(args);
  const port = providerClient();
  const set = new PolicySet(files.objects.filter(isPolicy), {
    rego: files.rego,
    ...(providers === undefined ? {} : { providers }),
  });
  let isIncomplete = reportProblems(host, set.problems);
  set.setObjects(objects);
  const context = { cluster: clusterViewOf([...objects, ...files.objects]) };
  reportExpressionWarnings(host, files.objects, context.cluster);
  reportUnused(host, files.objects);
  const tally = new Tally();
  const count = (request: AdmissionRequest, decision: Decision): void => {
    const object = request.object ?? request.oldObject ?? {};
    tally.add(request.namespace, request.userInfo.username ?? "", object, decision);
  };
  for (const log of logs) {
    const { diagnostics } = await eachAuditEvent(host, log, "ResponseComplete", (event) => {
      const request = requestOf(event);
      if (request === undefined) return undefined;
      if (request === "no body") {
        tally.undecided += 1;
        return undefined;
      }
      // A log has millions of requests: they take turns only where something is waited for.
      if (providers === undefined) return count(request, decideRequest(request, set, context));
      return decideRequestWithProviders(request, set, context, port).then((decision) => count(request, decision));
    });
    if (reportDiagnostics(host, diagnostics)) isIncomplete = true;
  }
  tally.print(host, args.get(decideOutput) === "json", "requests");
  const { undecided, refused } = tally;
  if (undecided > 0) {
    host.stderr.write(
      `${undecided} requests have no body in the log: the audit policy must say Request or RequestResponse\n`,
    );
  }
  if (isIncomplete) return EXIT.incomplete;
  if (refused > 0) return EXIT.findings;
  return undecided > 0 ? EXIT.incomplete : EXIT.clean;
};

/** The admission request that an audit event was about; undefined for one that admission never saw, or that came to nothing. */
function requestOf(event: unknown): AdmissionRequest | "no body" | undefined {
  const code = numberAt(event, ["responseStatus", "code"]) ?? 200;
  const verb = stringAt(event, ["verb"]) ?? "";
  // What is patched or updated into being is created.
  const operation = code === CREATED && verb !== "delete" ? OPERATIONS["create"] : OPERATIONS[verb];
  if (operation === undefined || OPERATIONS[verb] === undefined || stringAt(event, ["stage"]) !== "ResponseComplete")
    return undefined;
  if (code >= 300) return undefined;
  const reference = objectAt(event, ["objectRef"]);
  const object = bodyOf(event, operation);
  if (reference === undefined) return undefined;
  if (object === undefined) return "no body";
  const request = requestForObject(object, operation);
  const name = stringAt(reference, ["name"]) ?? request.name;
  return {
    ...request,
    resource: {
      group: stringAt(reference, ["apiGroup"]) ?? "",
      version: stringAt(reference, ["apiVersion"]) ?? request.resource.version,
      resource: stringAt(reference, ["resource"]) ?? request.resource.resource,
    },
    subResource: stringAt(reference, ["subresource"]) ?? "",
    name,
    namespace: stringAt(reference, ["namespace"]) ?? "",
    userInfo: {
      username: stringAt(event, ["user", "username"]) ?? "",
      groups: stringsAt(event, ["user", "groups"]),
    },
    dryRun: (stringAt(event, ["requestURI"]) ?? "").includes("dryRun="),
  };
}

/** What was written, or deleted. The body of a patch is no object: what it led to is. */
function bodyOf(event: unknown, operation: string): JsonObject | undefined {
  const response = objectAt(event, ["responseObject"]);
  const isObject = response !== undefined && stringAt(response, ["kind"]) !== "Status";
  if (operation === "DELETE" || stringAt(event, ["verb"]) === "patch") return isObject ? response : undefined;
  const request = objectAt(event, ["requestObject"]) ?? (isObject ? response : undefined);
  return request === undefined ? undefined : withNamespace(request, stringAt(event, ["objectRef", "namespace"]));
}

function withNamespace(object: JsonObject, namespace: string | undefined): JsonObject {
  const metadata = objectAt(object, ["metadata"]);
  if (namespace === undefined || metadata?.["namespace"] !== undefined) return object;
  return { ...object, metadata: { ...metadata, namespace } };
}
