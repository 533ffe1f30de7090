import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** A real tool that Redoubt is held against, built from its Go module at a pinned version. */
export interface GoTool {
  readonly name: string;
  readonly version: string;
  /** The package of its command. */
  readonly command: string;
}

export const KUBE_SCORE: GoTool = {
  name: "kube-score",
  version: "v1.20.0",
  command: "github.com/zegl/kube-score/cmd/kube-score",
};

/** Where built tools and test binaries are kept between runs, by version. */
export function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "redoubt");
}

/**
 * Path of the tool's binary: from the cache, else built with Go into it (minutes, the first time).
 * Undefined where Go is missing or the build fails; the reason is on stderr.
 */
export function findGoTool(tool: GoTool): string | undefined {
  const folder = join(cacheFolder(), `${tool.name}-${tool.version}`);
  const path = join(folder, tool.name);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  process.stderr.write(`building ${tool.name} ${tool.version}\n`);
  try {
    execFileSync("go", ["install", `${tool.command}@${tool.version}`], {
      env: { ...process.env, GOBIN: folder },
      stdio: ["ignore", "ignore", "inherit"],
    });
    return path;
  } catch (error) {
    process.stderr.write(`${tool.name} is not available: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}
