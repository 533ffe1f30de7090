import { type AccessRequest, groupsServing, isClusterScoped } from "@redoubt/rbac";
import type { ParsedArguments } from "../arguments/parse.ts";
import { UsageError } from "../arguments/usage-error.ts";
import { namespace } from "../flags/input.ts";
import { clusterWide, subresource } from "../flags/request.ts";

/**
 * What `VERB RESOURCE [NAME]` or `VERB /PATH` asks for. A resource may carry its group (`deployments.apps`); without one,
 * the first built-in group that serves it is meant, as in kubectl. Throws `UsageError`.
 */
export function readRequest(args: ParsedArguments): AccessRequest {
  const [verb, target, name = "", ...rest] = args.positional;
  if (verb === undefined || target === undefined)
    throw new UsageError("USAGE_ARGUMENT_MISSING", "ask with VERB RESOURCE [NAME], such as: get pods/log");
  if (rest.length > 0)
    throw new UsageError(
      "USAGE_ARGUMENT_UNEXPECTED",
      `after VERB RESOURCE NAME comes nothing more, got "${rest.join(" ")}"; manifests are named with -f`,
    );
  if (target.startsWith("/")) {
    if (name !== "") throw new UsageError("USAGE_ARGUMENT_UNEXPECTED", `a path has no name, got "${name}"`);
    return { kind: "url", verb, url: target };
  }
  const [typed = "", ...nested] = target.split("/");
  const below = args.get(subresource) ?? nested.join("/");
  const [resource = "", ...groupParts] = typed.split(".");
  const group =
    groupParts.length > 0 ? groupParts.join(".") : (groupsServing(resource)[0] ?? (resource === "*" ? "*" : ""));
  return {
    kind: "resource",
    verb,
    group,
    resource,
    subresource: below,
    name,
    namespace: namespaceOf(args, group, resource, name),
  };
}

function namespaceOf(args: ParsedArguments, group: string, resource: string, name: string): string {
  const given = args.get(namespace);
  if (args.get(clusterWide)) {
    if (given !== undefined)
      throw new UsageError("USAGE_FLAG_CONFLICT", "-n and --cluster-wide contradict one another: give one of them");
    return "";
  }
  if (given !== undefined) return given;
  if (isClusterScoped(group, resource)) return "";
  // The API server files requests for one Namespace under that namespace.
  if (group === "" && resource === "namespaces") return name;
  return "default";
}

/** `create pods/exec in namespace shop`, `get secrets "db" in namespace shop`, `list nodes in the whole cluster`, `get /healthz`. */
export function describeRequest(request: AccessRequest): string {
  if (request.kind === "url") return `${request.verb} ${request.url}`;
  const { verb, group, resource, name, namespace: where } = request;
  const below = request.subresource === "" ? "" : `/${request.subresource}`;
  const typed = `${resource}${group === "" ? "" : `.${group}`}${below}`;
  return `${verb} ${typed}${name === "" ? "" : ` "${name}"`} ${where === "" ? "in the whole cluster" : `in namespace ${where}`}`;
}
