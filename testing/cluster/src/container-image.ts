import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** A file of an image's only layer. */
export interface LayerEntry {
  readonly path: string;
  readonly mode: number;
  readonly content?: Buffer;
  /** A symbolic link to this path. */
  readonly link?: string;
  readonly directory?: boolean;
}

/** How an image's program is started, in the words of the OCI image configuration. */
export interface ImageProgram {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env: readonly string[];
  readonly User?: string;
  readonly WorkingDir: string;
}

/** Commands of busybox that tests call inside pods. */
const APPLETS = [
  "sh",
  "cat",
  "chmod",
  "echo",
  "env",
  "grep",
  "head",
  "id",
  "ln",
  "ls",
  "mkdir",
  "mknod",
  "mount",
  "nc",
  "nslookup",
  "ps",
  "rmdir",
  "sed",
  "sleep",
  "tail",
  "touch",
  "true",
  "umount",
  "wget",
];

/**
 * A docker-archive tar (what `ctr images import` reads) of a small image: static busybox with links to it, /etc/passwd with a user `app` (10001).
 * `programs` are files of this machine that lie in /bin too, under the names given. The same bytes for the same name and files.
 */
export function busyboxImage(
  name: string,
  busybox: string,
  command: readonly string[],
  programs: Readonly<Record<string, string>> = {},
): Buffer {
  const layer: readonly LayerEntry[] = [
    ...["bin", "etc", "tmp", "proc", "dev", "sys"].map((path): LayerEntry => ({
      path: `${path}/`,
      mode: path === "tmp" ? 0o1777 : 0o755,
      directory: true,
    })),
    { path: "bin/busybox", mode: 0o755, content: readFileSync(busybox) },
    ...APPLETS.map((applet): LayerEntry => ({ path: `bin/${applet}`, mode: 0o777, link: "busybox" })),
    ...Object.entries(programs).map(([program, file]): LayerEntry => ({
      path: `bin/${program}`,
      mode: 0o755,
      content: readFileSync(file),
    })),
    {
      path: "etc/passwd",
      mode: 0o644,
      content: Buffer.from("root:x:0:0:root:/:/bin/sh\napp:x:10001:10001:app:/tmp:/bin/sh\n"),
    },
    { path: "etc/group", mode: 0o644, content: Buffer.from("root:x:0:\napp:x:10001:\n") },
  ];
  return containerImage(name, layer, { Cmd: command, Env: ["PATH=/bin"], WorkingDir: "/" });
}

/** A docker-archive tar of an image of one layer. The same bytes for the same arguments. */
export function containerImage(name: string, entries: readonly LayerEntry[], program: ImageProgram): Buffer {
  const layer = tar(entries);
  const layerDigest = sha256(layer);
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      os: "linux",
      config: program,
      rootfs: { type: "layers", diff_ids: [`sha256:${layerDigest}`] },
      history: [{ created: "1970-01-01T00:00:00Z" }],
    }),
  );
  const configName = `${sha256(config)}.json`;
  const manifest = Buffer.from(
    JSON.stringify([{ Config: configName, RepoTags: [name], Layers: [`${layerDigest}/layer.tar`] }]),
  );
  return tar([
    { path: configName, mode: 0o644, content: config },
    { path: `${layerDigest}/layer.tar`, mode: 0o644, content: layer },
    { path: "manifest.json", mode: 0o644, content: manifest },
  ]);
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** POSIX ustar, owner root, time zero. */
function tar(entries: readonly LayerEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(member), Buffer.alloc(1024)]);
}

function member(entry: LayerEntry): readonly Buffer[] {
  const size = entry.content?.length ?? 0;
  const header = Buffer.alloc(512);
  const octal = (value: number, offset: number, length: number): void =>
    void header.write(`${value.toString(8).padStart(length - 1, "0")}\0`, offset, "latin1");
  header.write(entry.path, 0, 100, "utf8");
  octal(entry.mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  header.write("        ", 148, "latin1");
  header.write(entry.directory === true ? "5" : entry.link === undefined ? "0" : "2", 156, "latin1");
  header.write(entry.link ?? "", 157, 100, "utf8");
  header.write("ustar\u000000", 257, "latin1");
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  const padding = Buffer.alloc((512 - (size % 512)) % 512);
  return [header, ...(entry.content === undefined ? [] : [entry.content, padding])];
}
