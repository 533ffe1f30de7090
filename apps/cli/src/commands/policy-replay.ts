import { type Flag, listFlag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { globalFlags } from "../flags/global.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";
import { allowProvider, decideOutput, policies } from "./policy-decide.ts";

export const replayLog: Flag<readonly string[]> = listFlag({
  name: "audit-log",
  placeholder: "FILE",
  completion: "file",
  description: "audit log of the API server, - for standard input, .gz is unpacked; repeatable",
});

export const replayObjects: Flag<readonly string[]> = listFlag({
  name: "objects",
  placeholder: "PATH",
  completion: "file",
  description: "namespaces, parameters and other objects that policies read; repeatable",
});

export const policyFile: Flag<readonly string[]> = listFlag({
  name: "filename",
  short: "f",
  placeholder: "PATH",
  completion: "file",
  description: "same as --policies",
});

export const policyReplay: Command = {
  path: ["policy", "replay"],
  summary: "Which of yesterday's requests a policy would have refused",
  description:
    "Reads an audit log as a stream and judges each request that created, updated or deleted something by policies that are not yet in " +
    "force: what they would have refused, warned of and changed, by user and namespace. Events must be of level Request or " +
    "RequestResponse (for patches and deletions only the latter will do): what has no body is counted as undecided. Requests that the API " +
    "server refused anyway are left out. Logs do not hold what an object was before: policies find no oldObject in an update. " +
    "External data is what its providers say now, not what they said then.",
  flags: [policies, policyFile, replayLog, replayObjects, allowProvider, decideOutput, ...globalFlags],
  examples: [
    { does: "yesterday", line: "redoubt policy replay -f new-policy.yaml --audit-log audit.log" },
    {
      does: "a compressed log, for another program",
      line: "redoubt policy replay -p p.yaml --audit-log a.log.gz -o json",
    },
  ],
  success: "nothing would have been refused",
  exitCodes: [
    { code: 1, means: "something would have been refused" },
    usageCode,
    {
      ...incompleteCode,
      means: "a log is broken, a policy is not in force, or nothing would have been refused but requests are undecided",
    },
  ],
  load: async () => (await import("../actions/policy-replay.ts")).runPolicyReplay,
};
