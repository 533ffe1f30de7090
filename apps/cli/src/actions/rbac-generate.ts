import { describeResource } from "@redoubt/kube";
import {
  type AccessRequest,
  type Identity,
  type LeastPolicy,
  RecordedUse,
  type UnusedRights,
  accessIndex,
  leastPolicy,
  subjectKeysOf,
  unusedRights,
  useOf,
} from "@redoubt/rbac";
import { UsageError } from "../arguments/usage-error.ts";
import { withoutFlag } from "../arguments/without-flag.ts";
import type { Action, Invocation } from "../command.ts";
import { auditLog, clusterFrom, generateOutput, roleName, width } from "../commands/rbac-generate.ts";
import { EXIT } from "../exit-code.ts";
import { plain } from "../terminal/plain.ts";
import { writeOutput } from "../terminal/write-output.ts";
import { formatYamlDocuments } from "../terminal/yaml.ts";
import { eachAuditEvent } from "./audit-events.ts";
import { accessPlace } from "./rbac-text.ts";
import { readAccess } from "./read-access.ts";
import { requiredIdentity } from "./read-identity.ts";
import { describeRequest } from "./read-request.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";

export const runRbacGenerate: Action = async (invocation) => {
  const { args, host } = invocation;
  const identity = requiredIdentity(args);
  if (identity.user === "")
    throw new UsageError(
      "USAGE_FLAG_MISSING",
      "a log tells what users did: --user NAME or --service-account NAMESPACE:NAME",
    );
  const targets = generateOutput.targets(args);
  const logs = args.get(auditLog);
  if (logs.length === 0)
    throw new UsageError("USAGE_FLAG_MISSING", "--audit-log FILE is missing (- for standard input)");
  const use = new RecordedUse(identity.user);
  let events = 0;
  let incomplete = false;
  for (const file of logs) {
    const { diagnostics } = await eachAuditEvent(host, file, identity.user, (event) => {
      if (use.add(event)) events += 1;
    });
    incomplete = reportDiagnostics(host, diagnostics) || incomplete;
  }
  const requests = use.used.map(({ request }) => request);
  const name = args.get(roleName);
  const widthGiven = args.get(width);
  const wideFrom = args.get(clusterFrom);
  const policy = leastPolicy(requests, identity, {
    ...(widthGiven === undefined ? {} : { width: widthGiven }),
    ...(wideFrom === undefined ? {} : { clusterFrom: wideFrom }),
    ...(name === undefined ? {} : { name }),
  });
  const again = await refusedAgain(invocation, logs, identity, policy, requests);
  const unused = await unusedOf(invocation, identity, requests);
  incomplete ||= unused.incomplete;
  const summary = {
    identity,
    events,
    requests: requests.length,
    granted: policy.granted,
    refusedAgain: again.map(describeRequest),
  };
  for (const { format, file } of targets) {
    const text =
      format === "yaml"
        ? yamlText(identity, events, policy)
        : `${JSON.stringify({ ...summary, objects: policy.objects, refused: use.refused, unused: unused.rights.map(unusedDocument) }, undefined, 2)}\n`;
    await writeOutput(host, file, text);
  }
  host.stderr.write(plain(noteText(use, unused.rights, again, events)));
  if (again.length > 0 || incomplete) return EXIT.incomplete;
  return events === 0 ? EXIT.findings : EXIT.clean;
};

/** Requests of the log that the generated roles would not allow: none, unless this program is wrong. Files are read once more. */
async function refusedAgain(
  { host }: Invocation,
  logs: readonly string[],
  identity: Identity,
  policy: LeastPolicy,
  requests: readonly AccessRequest[],
): Promise<readonly AccessRequest[]> {
  const refused: AccessRequest[] = requests.filter((request) => !policy.allows(request));
  for (const file of logs) {
    // Standard input is gone; its distinct requests were just asked about.
    if (file === "-") continue;
    await eachAuditEvent(host, file, identity.user, (event) => {
      const use = useOf(event, identity.user);
      if (use?.outcome === "allowed") refused.push(...use.requests.filter((request) => !policy.allows(request)));
    });
  }
  return refused;
}

interface Unused {
  readonly rights: readonly UnusedRights[];
  readonly incomplete: boolean;
}

/** What the subject holds now and did not use, where its roles are among the input. */
async function unusedOf(
  invocation: Invocation,
  identity: Identity,
  requests: readonly AccessRequest[],
): Promise<Unused> {
  const sources = new Set(["filename", "kustomize", "live", "snapshot"]);
  if (!invocation.args.occurrences.some(({ flag }) => sources.has(flag))) return { rights: [], incomplete: false };
  // Where a cluster is read, --audit-log would name a log to check its auditing by: here it is only the log to learn from.
  const args = withoutFlag(invocation.args, auditLog);
  const { snapshot, incomplete } = await readAccess({ ...invocation, args });
  const [own] = subjectKeysOf(identity);
  return { rights: own === undefined ? [] : unusedRights(accessIndex(snapshot), own, requests), incomplete };
}

function unusedDocument({ binding, role, rights, all }: UnusedRights): object {
  return {
    binding: describeResource(binding.object),
    place: accessPlace(binding.object, []),
    role: describeResource(role.object),
    rights,
    all,
  };
}

function yamlText({ user }: Identity, events: number, { objects }: LeastPolicy): string {
  const head = `# The least rights for what ${plain(user).replaceAll("\n", " ")} did in ${events} audit events.\n`;
  return objects.length === 0 ? `${head}# It needs no rule of its own.\n` : head + formatYamlDocuments(objects);
}

function noteText(
  use: RecordedUse,
  unused: readonly UnusedRights[],
  again: readonly AccessRequest[],
  events: number,
): string {
  const lines = [
    events === 0
      ? `no event of ${use.user} in the log\n`
      : `${events} events, ${use.used.length} distinct requests, each allowed by the output: ${again.length === 0 ? "yes" : `no, ${again.length} are not`}\n`,
    ...use.refused.map(
      ({ request, count }) => `refused then, and not granted now: ${describeRequest(request)} (${count} times)\n`,
    ),
    ...unused.map(
      ({ binding, all, rights }) =>
        `${describeResource(binding.object)}: ${all ? "nothing it gives was used" : "never used"}: ${rights.join(" ")} (${accessPlace(binding.object, [])})\n`,
    ),
  ];
  return lines.join("");
}
