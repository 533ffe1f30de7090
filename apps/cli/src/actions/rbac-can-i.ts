import { type AccessIndex, type AllowingRule, type Identity, authorize, rulesFor } from "@redoubt/rbac";
import { describeResource } from "@redoubt/kube";
import { UsageError } from "../arguments/usage-error.ts";
import type { Action, Invocation } from "../command.ts";
import { canIOutput, list } from "../commands/rbac.ts";
import { EXIT } from "../exit-code.ts";
import { requiredIdentity } from "./read-identity.ts";
import { namespace } from "../flags/input.ts";
import { clusterWide } from "../flags/request.ts";
import { describeRequest, readRequest } from "./read-request.ts";
import { plain } from "../terminal/plain.ts";
import { formatTable } from "../terminal/table.ts";
import { writeOutput } from "../terminal/write-output.ts";
import { accessPlace, describeIdentity, grantDocument, grantLines, ruleOrigin } from "./rbac-text.ts";
import { type Access, readAccess } from "./read-access.ts";

export const runRbacCanI: Action = async (invocation) => {
  const { args } = invocation;
  const identity = requiredIdentity(args);
  return args.get(list) ? listRights(invocation, identity) : answer(invocation, identity);
};

async function answer(invocation: Invocation, identity: Identity): Promise<number> {
  const { args, host } = invocation;
  const request = readRequest(args);
  const targets = canIOutput.targets(args);
  const { index, incomplete } = await readAccess(invocation);
  const decision = authorize(index, identity, request);
  for (const { format, file } of targets) {
    const text =
      format === "json"
        ? `${JSON.stringify({ identity, request, allowed: decision.decision === "allow", ...reasonDocument(index, decision) }, undefined, 2)}\n`
        : plain(
            `${decision.decision === "allow" ? "yes" : "no"}\n${reasonLines(
              index,
              identity,
              decision,
              describeRequest(request),
            )
              .map((line) => `  ${line}\n`)
              .join("")}`,
          );
    await writeOutput(host, file, text);
  }
  if (decision.decision === "allow") return EXIT.clean;
  return incomplete ? EXIT.incomplete : EXIT.findings;
}

function reasonDocument(index: AccessIndex, decision: ReturnType<typeof authorize>): object {
  if (decision.decision === "no")
    return { missingRoles: decision.missingRoles.map(({ object }) => describeResource(object)) };
  return { by: decision.by === "system:masters" ? decision.by : grantDocument(index, decision.by) };
}

function reasonLines(
  index: AccessIndex,
  identity: Identity,
  decision: ReturnType<typeof authorize>,
  request: string,
): readonly string[] {
  if (decision.decision === "no")
    return [
      `no rule lets ${describeIdentity(identity)} ${request}`,
      ...decision.missingRoles.map(
        (binding) =>
          `${describeResource(binding.object)} names ${binding.roleRef.kind} ${binding.roleRef.name}, which is not here (${accessPlace(binding.object, ["roleRef"])})`,
      ),
    ];
  if (decision.by === "system:masters") return ["members of system:masters may do everything; RBAC is not asked"];
  return grantLines(index, decision.by);
}

async function listRights(invocation: Invocation, identity: Identity): Promise<number> {
  const { args, host } = invocation;
  if (args.positional.length > 0)
    throw new UsageError(
      "USAGE_ARGUMENT_UNEXPECTED",
      `--list asks for everything, so "${args.positional.join(" ")}" is too much`,
    );
  const targets = canIOutput.targets(args);
  const access = await readAccess(invocation);
  const where = args.get(clusterWide) ? "" : (args.get(namespace) ?? "default");
  const rules = rulesFor(access.index, identity, where);
  for (const { format, file } of targets) {
    const text =
      format === "json"
        ? `${JSON.stringify({ identity, namespace: where, rules: rules.map((rule) => grantDocument(access.index, rule)) }, undefined, 2)}\n`
        : plain(rightsTable(access, rules));
    await writeOutput(host, file, text);
  }
  return access.incomplete ? EXIT.incomplete : EXIT.clean;
}

function rightsTable({ index }: Access, rules: readonly AllowingRule[]): string {
  const rows = rules.map((by) => {
    const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs = [] } = by.rule;
    const typed = apiGroups.flatMap((group) =>
      resources.map((resource) => (group === "" ? resource : `${resource}.${group}`)),
    );
    const { role, from, rule } = ruleOrigin(index, by);
    return {
      cells: [
        [...typed, ...nonResourceURLs].join(", "),
        resourceNames.length === 0 ? "any" : resourceNames.join(", "),
        verbs.join(", "),
        `${describeResource(by.binding.object)} > ${from ?? role} rule ${rule}`,
      ],
    };
  });
  return formatTable(["RESOURCES", "NAMES", "VERBS", "BY"], rows, (text) => text);
}
