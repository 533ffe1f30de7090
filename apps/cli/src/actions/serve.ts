import { availableParallelism } from "node:os";
import { serve } from "@redoubt/server";
import { UsageError } from "../arguments/usage-error.ts";
import type { ParsedArguments } from "../arguments/parse.ts";
import type { Action } from "../command.ts";
import { policies } from "../commands/policy-decide.ts";
import { EXIT } from "../exit-code.ts";
import * as flags from "../flags/serve.ts";
import { allowedProviders } from "../policy/providers.ts";
import { clusterOf, serviceNames } from "./serve-cluster.ts";

/** By default: each holds all policies. */
const MOST_WORKERS = 4;

export const runServe: Action = async ({ args, host }) => {
  const given = args.get(policies);
  if (given.length === 0 && !args.get(flags.cluster))
    throw new UsageError("USAGE_FLAG_MISSING", "--policies or --cluster is needed: what is to be enforced");
  const cluster = await clusterOf(args, host.env);
  const names = args.get(flags.serverNames);
  const operations = args.get(flags.templateOperations);
  const leave = args.get(flags.drainDelay);
  const providers = allowedProviders(args);
  await serve(
    {
      policies: given,
      host: args.get(flags.address) ?? "127.0.0.1",
      port: args.get(flags.port) ?? 8443,
      workers: args.get(flags.workers) ?? Math.min(MOST_WORKERS, availableParallelism()),
      names: names.length === 0 ? ["localhost", "127.0.0.1", ...serviceNames(cluster)] : names,
      templateOperations: operations.length === 0 ? ["CREATE", "UPDATE"] : operations,
      ...(providers === undefined ? {} : { providers }),
      ...(cluster === undefined ? {} : { cluster }),
      clientNames: args.get(flags.clientNames),
      exemptNamespaces: args.get(flags.exemptNamespaces),
      policyAdmins: args.get(flags.policyAdmins),
      policyAdminGroups: args.get(flags.policyAdminGroups),
      podSecurity: args.get(flags.podSecurity),
      logLevel: args.get(flags.logLevel) ?? "info",
      ...certificateOf(args),
      ...optional("authorityFile", args.get(flags.authorityFile)),
      ...optional("trustedFile", args.get(flags.trustedFile)),
      ...optional("clientAuthorities", args.get(flags.clientAuthorities)),
      ...optional("protectedNamespace", args.get(flags.protectedNamespace)),
      ...(leave === undefined ? {} : { drain: { leave } }),
    },
    {
      write: (line) => {
        host.stderr.write(line);
      },
      signals: process,
    },
  );
  return EXIT.clean;
};

function certificateOf(args: ParsedArguments): {
  readonly certificate?: { readonly cert: string; readonly key: string };
} {
  const cert = args.get(flags.tlsCert);
  const key = args.get(flags.tlsKey);
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined || key === undefined)
    throw new UsageError("USAGE_FLAG_MISSING", "--tls-cert and --tls-key belong together");
  const own = [flags.authorityFile, flags.trustedFile].find((flag) => args.get(flag) !== undefined);
  if (own !== undefined)
    throw new UsageError(
      "USAGE_FLAG_CONFLICT",
      `--${own.name} is for a certificate of Redoubt's own, not for --tls-cert`,
    );
  return { certificate: { cert, key } };
}

function optional<K extends string>(name: K, value: string | undefined): { readonly [key in K]?: string } {
  const given: { [key in K]?: string } = {};
  if (value !== undefined) given[name] = value;
  return given;
}
