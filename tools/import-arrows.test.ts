/** The architecture's arrows (docs/architecture.md), checked against every import in the sources. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const LAYERS = [
  "infrastructure",
  "rbac",
  "pod-security",
  "network",
  "mesh",
  "secrets",
  "images",
  "admission",
  "audit",
  "detection",
  "response",
] as const;

/** Packages that join layers, and what they may join. */
const JOINING: Readonly<Record<string, readonly string[]>> = {
  posture: ["control", "kube", ...LAYERS],
};

function allowed(name: string): readonly string[] {
  if (name === "kube" || name === "rego" || name === "cel") return [];
  // Types only: see docs/decisions/0001-control-knows-kube-types.md.
  if (name === "control") return ["kube"];
  if (name === "admission") return ["control", "kube", "cel", "rego"];
  if ((LAYERS as readonly string[]).includes(name)) return ["control", "kube"];
  return JOINING[name] ?? assert.fail(`packages/${name} has no place in the architecture: add it to this test`);
}

interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** What of the other package is imported, as its `exports` name it: `.`, `./node`. */
  readonly entry: string;
}

const imports: readonly Import[] = globSync("{packages,apps,testing}/*/src/**/*.ts", { cwd: root }).flatMap((file) =>
  [...readFileSync(join(root, file), "utf8").matchAll(/(?:from|import\()\s*"@redoubt\/([^"]+)"/g)].map(
    ([, path = ""]): Import => {
      const [to = ""] = path.split("/");
      return { file, from: file.split("/").slice(0, 2).join("/"), to, entry: `.${path.slice(to.length)}` };
    },
  ),
);

/** Applications that the command line starts; nothing else may import them. */
const APPS: ReadonlySet<string> = new Set(["server"]);

function exportsOf(name: string): readonly string[] {
  const manifest: { exports?: Record<string, unknown> } = JSON.parse(
    readFileSync(join(root, APPS.has(name) ? "apps" : "packages", name, "package.json"), "utf8"),
  );
  return Object.keys(manifest.exports ?? {});
}

test("packages import only what the architecture lets them", () => {
  const wrong = imports.filter(({ from, to }) => {
    const [place, name] = from.split("/");
    if (place !== "packages" || name === undefined) return false;
    return !allowed(name).includes(to);
  });
  assert.deepEqual(wrong, []);
});

test("nothing imports the command line, and no package an application", () => {
  const wrong = imports.filter(({ from, to }) => to === "cli" || (APPS.has(to) && from.startsWith("packages/")));
  assert.deepEqual(wrong, []);
});

test("nothing reaches into another package past what it exports", () => {
  assert.deepEqual(
    imports.filter(({ to, entry }) => entry !== "." && !exportsOf(to).includes(entry)),
    [],
  );
  const climbing = globSync("{packages,apps,testing}/*/src/**/*.ts", { cwd: root }).filter((file) => {
    const depth = file.split("/").length - 3;
    const steps = "../".repeat(depth + 1);
    return readFileSync(join(root, file), "utf8").includes(`from "${steps}`);
  });
  assert.deepEqual(climbing, []);
});

test("every import between packages is declared in package.json and in tsconfig.json", () => {
  const missing = imports.flatMap(({ file, from, to }) => {
    const manifest = readFileSync(join(root, from, "package.json"), "utf8");
    const project = readFileSync(join(root, from, "tsconfig.json"), "utf8");
    return [
      ...(manifest.includes(`"@redoubt/${to}"`) ? [] : [`${file}: ${to} is not in package.json`]),
      ...(project.includes(`/${to}"`) ? [] : [`${file}: ${to} is not in tsconfig.json`]),
    ];
  });
  assert.deepEqual([...new Set(missing)], []);
});
