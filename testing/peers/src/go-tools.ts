import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from "node:fs";
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

export const OPA: GoTool = {
  name: "opa",
  version: "v1.22.2",
  command: "github.com/open-policy-agent/opa",
};

export const GATOR: GoTool = {
  name: "gator",
  version: "v3.23.1",
  command: "github.com/open-policy-agent/gatekeeper/v3/cmd/gator",
};

export const KUBECTL_WHO_CAN: GoTool = {
  name: "kubectl-who-can",
  version: "v0.4.0",
  command: "github.com/aquasecurity/kubectl-who-can/cmd/kubectl-who-can",
};

/** Where built tools and test binaries are kept between runs, by version. */
export function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "redoubt");
}

/**
 * Path of the tool's binary: from the cache, else built with Go into it (minutes, the first time).
 * Undefined where Go is missing or the build fails; the reason is on stderr.
 */
export function findGoTool({ name, version, command }: GoTool): string | undefined {
  const folder = join(cacheFolder(), `${name}-${version}`);
  return cached(folder, name, () => {
    go(["install", `${command}@${version}`], { GOBIN: folder });
  });
}

/**
 * Path of the binary of a Go command of ours, whose folder holds its go.mod: from the cache, by a digest of its sources, else
 * built with Go into it. Undefined where Go is missing or the build fails; the reason is on stderr.
 */
export function findGoCommand(name: string, source: string): string | undefined {
  const digest = createHash("sha256");
  for (const file of readdirSync(source).toSorted()) digest.update(file).update(readFileSync(join(source, file)));
  const folder = join(cacheFolder(), `${name}-${digest.digest("hex").slice(0, 16)}`);
  return cached(folder, name, () => {
    const partial = join(folder, `${name}.${process.pid}`);
    go(["build", "-o", partial, "."], {}, source);
    renameSync(partial, join(folder, name));
  });
}

function cached(folder: string, name: string, build: () => void): string | undefined {
  const path = join(folder, name);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  process.stderr.write(`building ${name} (once for this version; this may take minutes)\n`);
  try {
    build();
    return path;
  } catch (error) {
    process.stderr.write(`${name} is not available: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

function go(args: readonly string[], environment: Readonly<Record<string, string>>, cwd?: string): void {
  execFileSync("go", args, { cwd, env: { ...process.env, ...environment }, stdio: ["ignore", "ignore", "inherit"] });
}
