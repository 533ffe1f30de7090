import { readFileSync } from "node:fs";

/** A process that was started here. The start time tells it from a later process with the same number. */
export interface ProcessIdentity {
  readonly name: string;
  readonly pid: number;
  /** Clock ticks since boot, field 22 of /proc/PID/stat. */
  readonly startTime: string;
}

/** The identity of a running process; undefined when there is none with that number. */
export function identify(name: string, pid: number): ProcessIdentity | undefined {
  const startTime = readStat(pid)?.[19];
  return startTime === undefined ? undefined : { name, pid, startTime };
}

/** Whether that very process still runs (a zombie does not). */
export function isRunning(identity: ProcessIdentity): boolean {
  const stat = readStat(identity.pid);
  return stat !== undefined && stat[19] === identity.startTime && stat[0] !== "Z";
}

/** Fields of /proc/PID/stat from the third (state) on; the second, the command's name, may hold spaces and parentheses. */
function readStat(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
