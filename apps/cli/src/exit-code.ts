/** What a run's end means to a script; documented in docs/cli.md. */
export const EXIT = {
  clean: 0,
  /** Findings at or above `--fail-on`, or a "no" from a query. */
  findings: 1,
  /** Wrong usage or configuration; also faults of Redoubt itself. */
  usage: 2,
  /** Something could not be read or judged. */
  incomplete: 3,
  /** Below `--min-score`. */
  score: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
