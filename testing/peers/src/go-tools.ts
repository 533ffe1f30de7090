import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, posix } from "node:path";

/** A real tool that Redoubt is held against, built from its Go module at a pinned version. */
export interface GoTool {
  readonly name: string;
  readonly version: string;
  readonly module: string;
  /** The folder of its command within the module; empty for the module's root. */
  readonly folder: string;
}

export const KUBE_SCORE: GoTool = {
  name: "kube-score",
  version: "v1.20.0",
  module: "github.com/zegl/kube-score",
  folder: "cmd/kube-score",
};

export const OPA: GoTool = {
  name: "opa",
  version: "v1.22.2",
  module: "github.com/open-policy-agent/opa",
  folder: "",
};

export const GATOR: GoTool = {
  name: "gator",
  version: "v3.23.1",
  module: "github.com/open-policy-agent/gatekeeper/v3",
  folder: "cmd/gator",
};

export const KUBECTL_WHO_CAN: GoTool = {
  name: "kubectl-who-can",
  version: "v0.4.0",
  module: "github.com/aquasecurity/kubectl-who-can",
  folder: "cmd/kubectl-who-can",
};

export const HELM: GoTool = {
  name: "helm",
  version: "v3.19.0",
  module: "helm.sh/helm/v3",
  folder: "cmd/helm",
};

/** Where built tools and test binaries are kept between runs, by version. */
export function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "redoubt");
}

/**
 * Path of the tool's binary: from the cache, else built with Go into it (minutes, the first time).
 * Undefined where Go is missing or the build fails; the reason is on stderr.
 */
export function findGoTool({ name, version, module, folder: command }: GoTool): string | undefined {
  const folder = join(cacheFolder(), `${name}-${version}`);
  return cached(folder, name, () => {
    // `go install` asks a proxy for the list of a module's versions too, which not every proxy has for every module.
    const scratch = mkdtempSync(join(tmpdir(), "redoubt-go-"));
    try {
      writeFileSync(join(scratch, "go.mod"), `module tool\n\ngo 1.24\n\nrequire ${module} ${version}\n`);
      build(["-mod=mod", posix.join(module, command)], folder, name, scratch);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
}

/**
 * Path of the binary of a Go command of ours, whose folder holds its go.mod: from the cache, by a digest of its sources, else
 * built with Go into it, statically, so that it runs in any container. Undefined where Go is missing or the build fails; the reason
 * is on stderr.
 */
export function findGoCommand(name: string, source: string): string | undefined {
  const digest = createHash("sha256");
  for (const file of readdirSync(source).toSorted()) digest.update(file).update(readFileSync(join(source, file)));
  const folder = join(cacheFolder(), `${name}-${digest.digest("hex").slice(0, 16)}`);
  return cached(folder, name, () => build(["."], folder, name, source));
}

function cached(folder: string, name: string, make: () => void): string | undefined {
  const path = join(folder, name);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  process.stderr.write(`building ${name} (once for this version; this may take minutes)\n`);
  try {
    make();
    return path;
  } catch (error) {
    process.stderr.write(`${name} is not available: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

/** Builds beside the place and moves there: who looks for the binary meanwhile finds none, or a whole one. It is static. */
function build(args: readonly string[], folder: string, name: string, cwd: string): void {
  const partial = join(folder, `${name}.${process.pid}`);
  execFileSync("go", ["build", "-o", partial, ...args], {
    cwd,
    env: { ...process.env, CGO_ENABLED: "0" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  renameSync(partial, join(folder, name));
}
