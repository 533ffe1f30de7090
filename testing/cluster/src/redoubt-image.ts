/** The image of deploy/Containerfile without a registry: its last stage, made of what was built here, over this machine's Node.js. */
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RedoubtError } from "@redoubt/kube";
import { type LayerEntry, containerImage } from "./container-image.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const CONTAINERFILE = join(ROOT, "deploy/Containerfile");

/** A docker-archive tar, for `importImage`; the command line must be built. */
export function redoubtImage(name: string): Buffer {
  const stage = lastStage(readFileSync(CONTAINERFILE, "utf8"));
  const workingFolder = only(stage, "WORKDIR");
  const copied = argumentsOf(stage, "COPY").flatMap((text) => {
    const [, source, target] = /^--from=build \/src\/(\S+) (\S+)$/.exec(text) ?? [];
    if (source === undefined || target === undefined) throw unreadable(`COPY ${text}`);
    return filesUnder(join(ROOT, source), `${workingFolder}/${target}`);
  });
  const program = {
    Entrypoint: words(only(stage, "ENTRYPOINT")),
    Cmd: words(only(stage, "CMD")),
    Env: ["PATH=/usr/local/bin:/bin"],
    User: only(stage, "USER"),
    WorkingDir: workingFolder,
  };
  return containerImage(name, [...nodeFiles(), ...copied], program);
}

type Instruction = readonly [name: string, text: string];

/** The instructions after the last FROM. */
function lastStage(text: string): readonly Instruction[] {
  const instructions = text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line): Instruction => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]);
  return instructions.slice(instructions.findLastIndex(([name]) => name === "FROM") + 1);
}

function argumentsOf(stage: readonly Instruction[], wanted: string): readonly string[] {
  return stage.filter(([name]) => name === wanted).map(([, text]) => text);
}

function only(stage: readonly Instruction[], wanted: string): string {
  const [text, ...others] = argumentsOf(stage, wanted);
  if (text === undefined || others.length > 0) throw unreadable(wanted);
  return text;
}

function words(text: string): readonly string[] {
  const list: readonly string[] = JSON.parse(text);
  return list;
}

function unreadable(instruction: string): RedoubtError {
  return new RedoubtError("CLUSTER_START", `deploy/Containerfile: "${instruction}" is not as this test reads it`);
}

/** Node.js, and the libraries that it is linked with, at their own paths. */
function nodeFiles(): readonly LayerEntry[] {
  const linked = execFileSync("ldd", [process.execPath], { encoding: "utf8" });
  const libraries = [...linked.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
  return [
    { path: "tmp/", mode: 0o1777, directory: true },
    file(process.execPath, "/usr/local/bin/node", 0o755),
    ...libraries.map((library) => file(library, library, 0o755)),
  ];
}

function filesUnder(source: string, target: string): readonly LayerEntry[] {
  if (!statSync(source).isDirectory()) return [file(source, target, 0o644)];
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return file(path, `${target}${path.slice(source.length)}`, 0o644);
    });
}

function file(source: string, target: string, mode: number): LayerEntry {
  return { path: target.slice(1), mode, content: readFileSync(realpathSync(source)) };
}
