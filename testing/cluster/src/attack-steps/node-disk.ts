/** The file system that a folder of this machine lies on, which is that of the test's node. */
import { readFileSync } from "node:fs";

export interface NodeDisk {
  readonly major: number;
  readonly minor: number;
  readonly type: string;
  /** The folder's path from the root of the file system. */
  readonly path: string;
}

/** Undefined where the file system is on no disk of its own. */
export function diskOf(folder: string): NodeDisk | undefined {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const [, , device = "", root = "", point = ""] = line.split(" ");
      return { device, root, point, type: / - (\S+) /.exec(line)?.[1] ?? "" };
    })
    .filter(({ point }) => point === "/" || folder === point || folder.startsWith(`${point}/`));
  // Later mounts hide earlier ones of the same point.
  const mount = mounts.toSorted((left, right) => left.point.length - right.point.length).at(-1);
  const [major = 0, minor = 0] = mount?.device.split(":").map(Number) ?? [];
  if (mount === undefined || major === 0) return undefined;
  const below = mount.point === "/" ? folder : folder.slice(mount.point.length);
  return { major, minor, type: mount.type, path: `${mount.root === "/" ? "" : mount.root}${below}` };
}
