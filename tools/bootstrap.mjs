/**
 * Makes sure that dependencies are installed, then hands back the Node.js to run on. Plain JavaScript on builtins only:
 * it runs before anything is installed, on any Node.js from 20.19 up.
 */
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Installs when there is no install yet or the lockfile is newer than it. Output goes to stderr. */
export function install() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Redoubt needs Node.js 20.19 or newer, this is ${process.version}`);
  const stamp = join(root, "node_modules", ".package-lock.json");
  const lockfile = join(root, "package-lock.json");
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lockfile).mtimeMs) return;
  process.stderr.write("redoubt: installing dependencies\n");
  const npm = process.env.npm_execpath;
  const [command, ...first] = npm === undefined ? ["npm"] : [process.execPath, npm];
  const { status } = spawnSync(command, [...first, "ci", "--no-fund", "--no-audit", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", process.stderr, process.stderr],
  });
  if (status !== 0) fail("npm ci failed");
}

/** The Node.js that npm brought, else the one that is running when it is new enough for TypeScript sources. */
export function node() {
  const own = join(root, "node_modules", ".bin", "node");
  if (existsSync(own)) return own;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  return fail(`developing Redoubt on this platform needs Node.js 22.18 or newer, this is ${process.version}`);
}

/** Runs a command in the repository with its output shown; returns its exit code. */
export function run(command, args, options = {}) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (error !== undefined) fail(`${command}: ${error.message}`);
  return signal === null ? status : 1;
}

export function fail(message) {
  process.stderr.write(`redoubt: ${message}\n`);
  process.exit(2);
}
