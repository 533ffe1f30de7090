import type { Flag, Occurrence } from "../arguments/flag.ts";
import { choose } from "../arguments/flag.ts";
import type { ParsedArguments } from "../arguments/parse.ts";
import { UsageError } from "../arguments/usage-error.ts";

/** One thing to print: a format, and the file it goes to (standard output when undefined). */
export interface OutputTarget<F extends string> {
  readonly format: F;
  readonly file: string | undefined;
}

/** The pair `-o FORMAT --output-file FILE`, which may be repeated to write several formats in one run. */
export interface OutputFlags<F extends string> {
  readonly flags: readonly Flag<unknown>[];
  /** In the order given; the default format on standard output when none was. Throws `UsageError`. */
  targets(args: ParsedArguments): readonly OutputTarget<F>[];
}

/**
 * `--output-file` belongs to the `-o` before it; before any `-o`, to the one that follows, or to the default format.
 * Only one format can go to standard output.
 */
export function outputFlags<const F extends string>(formats: readonly F[], byDefault: F): OutputFlags<F> {
  const output: Flag<readonly F[]> = {
    name: "output",
    short: "o",
    boolean: false,
    placeholder: "FORMAT",
    description: `format: ${formats.join(", ")} (default ${byDefault}); repeatable, each with its --output-file`,
    completion: formats,
    read: (occurrences) => occurrences.map((occurrence) => choose(occurrence, formats)),
  };
  const outputFile: Flag<readonly string[]> = {
    name: "output-file",
    boolean: false,
    placeholder: "FILE",
    description: "write the format named by the -o before it to this file (default: standard output)",
    completion: "file",
    read: (occurrences) => occurrences.map(nonEmpty),
  };
  return {
    flags: [output, outputFile],
    targets: ({ occurrences }) => {
      const pairs = pairUp(occurrences.filter(({ flag }) => flag === "output" || flag === "output-file"));
      const targets = pairs.map(({ format, file }) => ({
        format: format === undefined ? byDefault : choose(format, formats),
        file: file?.value === "-" ? undefined : file?.value,
      }));
      const onStdout = targets.filter(({ file }) => file === undefined);
      if (onStdout.length > 1) {
        throw new UsageError(
          "USAGE_OUTPUT",
          `only one format can go to standard output, got ${onStdout.map(({ format }) => format).join(" and ")}; give the others an --output-file`,
        );
      }
      const twice = targets.find(
        ({ file }, index) => file !== undefined && targets.findIndex((other) => other.file === file) !== index,
      );
      if (twice !== undefined) throw new UsageError("USAGE_OUTPUT", `two formats would go to the file ${twice.file}`);
      return targets.length === 0 ? [{ format: byDefault, file: undefined }] : targets;
    },
  };
}

interface Pair {
  format?: Occurrence;
  file?: Occurrence;
}

function pairUp(occurrences: readonly Occurrence[]): readonly Pair[] {
  const pairs: Pair[] = [];
  for (const occurrence of occurrences) {
    const last = pairs.at(-1);
    if (occurrence.flag === "output") {
      if (last !== undefined && last.format === undefined) last.format = occurrence;
      else pairs.push({ format: occurrence });
    } else if (last === undefined) {
      pairs.push({ file: occurrence });
    } else if (last.file === undefined) {
      last.file = occurrence;
    } else {
      throw new UsageError("USAGE_OUTPUT", `--output-file ${occurrence.value} has no format; put -o FORMAT before it`);
    }
  }
  return pairs;
}

function nonEmpty({ spelling, value }: Occurrence): string {
  if (value === "") throw new UsageError("USAGE_FLAG_VALUE", `${spelling} has an empty value; it takes FILE`);
  return value;
}
