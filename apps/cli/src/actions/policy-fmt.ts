import { writeFile } from "node:fs/promises";
import { type FormatOptions, LoadError, type LoadFault, decodeText, formatModule } from "@redoubt/rego";
import { readDataPaths } from "@redoubt/rego/node";
import { unifiedDiff } from "@redoubt/posture";
import { UsageError } from "../arguments/usage-error.ts";
import type { ParsedArguments } from "../arguments/parse.ts";
import type { Action } from "../command.ts";
import { diff, dropV0Imports, fail, list, v0v1, write } from "../commands/policy-fmt.ts";
import { EXIT } from "../exit-code.ts";
import { v0Compatible } from "../flags/policy.ts";
import { capabilitiesOf } from "../policy/capabilities.ts";
import { printFaults } from "../policy/faults.ts";
import { readStdin } from "../policy/read-stdin.ts";
import { type Host, wantsColor } from "../terminal/host.ts";
import { paintDiff } from "../terminal/paint-diff.ts";
import { plain } from "../terminal/plain.ts";

export const runPolicyFmt: Action = async ({ args, host }) => {
  const mode = modeOf(args);
  const options = await formatOptions(args);
  const { files, errors: faults } =
    args.positional.length === 0 ? await fromStdin(host) : await fromPaths(args.positional);
  let changed = 0;
  for (const { path, text } of files) {
    const { text: formatted, errors } = formatModule(text, { ...options, file: path });
    faults.push(...errors);
    if (formatted === undefined) continue;
    if (formatted !== text) changed += 1;
    await show(host, mode, { path, text, formatted });
  }
  printFaults(host, faults);
  if (faults.length > 0) return EXIT.incomplete;
  return args.get(fail) && changed > 0 ? EXIT.findings : EXIT.clean;
};

type Mode = "print" | "write" | "diff" | "list" | "check";

function modeOf(args: ParsedArguments): Mode {
  const asked = ([write, diff, list] as const).filter((flag) => args.get(flag));
  if (asked.length > 1) {
    const names = asked.map(({ name }) => `--${name}`).join(" and ");
    throw new UsageError("USAGE_FLAG_CONFLICT", `${names} exclude each other: give one of them`);
  }
  if (args.get(write)) {
    if (args.positional.length > 0) return "write";
    throw new UsageError("USAGE_INPUT_MISSING", "--write needs the files to write to");
  }
  if (args.get(diff)) return "diff";
  if (args.get(list)) return "list";
  return args.get(fail) ? "check" : "print";
}

async function formatOptions(args: ParsedArguments): Promise<FormatOptions> {
  const capabilities = await capabilitiesOf(args);
  const isV0 = args.get(v0Compatible) || args.get(v0v1);
  return {
    version: isV0 ? "v0" : "v1",
    ...(args.get(v0v1) ? { target: { min: "v0", max: "v1" } as const } : {}),
    dropRedundantImports: args.get(dropV0Imports),
    ...(capabilities === undefined ? {} : { capabilities }),
  };
}

interface PolicyText {
  readonly path: string;
  readonly text: string;
}

interface Policies {
  readonly files: readonly PolicyText[];
  readonly errors: LoadFault[];
}

async function fromStdin(host: Host): Promise<Policies> {
  return { files: [{ path: "<stdin>", text: await readStdin(host, "a policy to format") }], errors: [] };
}

async function fromPaths(paths: readonly string[]): Promise<Policies> {
  const found = await readDataPaths(paths, { policiesOnly: true });
  const errors: LoadFault[] = [...found.errors];
  const files = found.files.flatMap(({ path, bytes }): PolicyText[] => {
    try {
      return [{ path, text: decodeText(bytes, path) }];
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      errors.push(error);
      return [];
    }
  });
  return { files, errors };
}

async function show(
  host: Host,
  mode: Mode,
  { path, text, formatted }: PolicyText & { readonly formatted: string },
): Promise<void> {
  switch (mode) {
    case "print":
      host.stdout.write(formatted);
      return;
    case "check":
      if (formatted !== text) host.stderr.write(`${plain(path)}: would be formatted\n`);
      return;
    case "list":
      if (formatted !== text) host.stdout.write(`${plain(path)}\n`);
      return;
    case "diff": {
      const difference = unifiedDiff(text, formatted, path);
      host.stdout.write(wantsColor(host.stdout, host.env) ? paintDiff(difference) : difference);
      return;
    }
    case "write":
      if (formatted !== text) await writeFile(path, formatted);
  }
}
