import type { EvidenceOptions } from "@redoubt/kube";
import type { ParsedArguments } from "../arguments/parse.ts";
import { UsageError } from "../arguments/usage-error.ts";
import {
  auditLog,
  auditSink,
  auditWait,
  dependentFlags,
  etcd,
  etcdCacert,
  etcdCanary,
  etcdCert,
  etcdKey,
  etcdPrefix,
  etcdSecret,
} from "../flags/evidence.ts";
import { kubeletConfiguration } from "../flags/live.ts";
import { readTextFile } from "./read-text-file.ts";

/** Throws `UsageError` for flags about evidence that contradict one another, or that do nothing. */
export function checkEvidenceFlags(args: ParsedArguments): void {
  for (const { flags, needs } of dependentFlags) {
    if (args.occurrences.some(({ flag }) => needs.some(({ name }) => name === flag))) continue;
    const idle = args.occurrences.find(({ flag }) => flags.some(({ name }) => name === flag));
    const wanted = needs.map(({ name }) => `--${name}`).join(" or ");
    if (idle !== undefined) throw new UsageError("USAGE_FLAG_CONFLICT", `${idle.spelling} needs ${wanted}`);
  }
  if ((args.get(etcdCert) === undefined) !== (args.get(etcdKey) === undefined))
    throw new UsageError("USAGE_FLAG_CONFLICT", "--etcd-cert and --etcd-key belong together: give both");
  if (args.get(etcdSecret) !== undefined && args.get(etcdCanary) !== undefined)
    throw new UsageError("USAGE_FLAG_CONFLICT", "--etcd-secret and --etcd-canary: give one of them");
}

/** What to look at besides the objects of a cluster. Throws `CONFIG_READ`. */
export async function evidenceOptionsOf(args: ParsedArguments): Promise<EvidenceOptions> {
  const endpoints = args.get(etcd);
  const log = args.get(auditLog);
  const sink = args.get(auditSink);
  const auditWaitMs = args.get(auditWait);
  return {
    kubeletConfiguration: args.get(kubeletConfiguration),
    ...(endpoints.length === 0 ? {} : { etcd: await etcdOptionsOf(args, endpoints) }),
    ...(log === undefined ? {} : { auditLog: log }),
    ...(sink === undefined ? {} : { auditSink: sink }),
    ...(auditWaitMs === undefined ? {} : { auditWaitMs }),
  };
}

async function etcdOptionsOf(
  args: ParsedArguments,
  endpoints: readonly string[],
): Promise<NonNullable<EvidenceOptions["etcd"]>> {
  const [ca, certificate, key] = await Promise.all(
    [etcdCacert, etcdCert, etcdKey].map(async (flag) => {
      const file = args.get(flag);
      return file === undefined ? undefined : readTextFile(file, `--${flag.name}`);
    }),
  );
  const prefix = args.get(etcdPrefix);
  const secret = args.get(etcdSecret);
  const canaryNamespace = args.get(etcdCanary);
  return {
    endpoints,
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(secret === undefined ? {} : { secret }),
    ...(canaryNamespace === undefined ? {} : { canaryNamespace }),
  };
}
