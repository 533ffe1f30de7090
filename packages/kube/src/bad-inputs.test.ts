import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, before, suite, test } from "node:test";
import type { Diagnostic } from "./diagnostic.ts";
import { loadSnapshot } from "./source/load.ts";
import { snapshotFromText } from "./source/snapshot-from-text.ts";

/** Before and behind each bad document stands a good one, which must still be read. */
const GOOD_BEFORE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: before}\n---\n";
const GOOD_BEHIND = "\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: behind}\n";
const LINES_BEFORE = 4;

const POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

const bomb = (levels: number, width: number): string => {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level <= levels; level += 1)
    lines.push(`a${level}: &a${level} [${Array.from({ length: width }, () => `*a${level - 1}`).join(", ")}]`);
  return `${lines.join("\n")}\n`;
};

/** Name, document, and what is said about it: code, line and column inside the document. Warnings are marked with `~`. */
const documents: readonly (readonly [name: string, text: string, ...problems: string[]])[] = [
  ["a flow mapping that is not closed", `${MAP}data: {a: 1\n`, "KUBE_PARSE 4:12"],
  ["a flow list that is not closed", `${MAP}data: [a, b\n`, "KUBE_PARSE 4:12"],
  ["a stray bracket", `${MAP}data: ]\n`, "KUBE_PARSE 4:7"],
  ["a bracket of the wrong kind", `${MAP}data: {a: 1]\n`, "KUBE_PARSE 4:12"],
  ["a double quote that is not closed", `${MAP}data: "a\n`, "KUBE_PARSE 4:9"],
  ["a single quote that is not closed", `${MAP}data: 'a\n`, "KUBE_PARSE 4:9"],
  ["text behind a quoted scalar", `${MAP}data: "a" b\n`, "KUBE_PARSE 4:11"],
  ["an unknown escape", `${MAP}data: {a: "\\q"}\n`, "KUBE_PARSE 4:13"],
  ["an escape cut short", `${MAP}data: {a: "\\u12"}\n`, "KUBE_PARSE 4:16"],
  ["half a surrogate pair", `${MAP}data: {a: "\\ud83d"}\n`, "KUBE_PARSE 4:11"],
  ["a tab as indentation", `${MAP}data:\n\ta: b\n`, "KUBE_PARSE 5:1"],
  ["a tab in deeper indentation", `${MAP}data:\n  a:\n  \tb: c\n`, "KUBE_PARSE 6:3"],
  ["a key indented too little", `${MAP}data:\n    a: b\n  c: d\n`, "KUBE_PARSE 6:3"],
  ["a key indented too much", `${MAP}data:\n  a: b\n    c: d\n`, "KUBE_PARSE 6:6"],
  ["a list item in a mapping", `${MAP}data:\n  a: b\n  - c\n`, "KUBE_PARSE 6:3"],
  ["a mapping in a list", `${MAP}data:\n  - a\n  b: c\n`, "KUBE_PARSE 6:3"],
  ["two colons on a line", `${MAP}data: a: b\n`, "KUBE_PARSE 4:8"],
  ["a line without a colon", `${MAP}data\n`, "KUBE_PARSE 4:5"],
  ["a plain scalar that begins with @", `${MAP}data: {a: @b}\n`, "KUBE_PARSE 4:11"],
  ["a plain scalar that begins with a backtick", `${MAP}data:\n  a: \`b\n`, "KUBE_PARSE 5:6"],
  ["a plain scalar that begins with %", `${MAP}data:\n  a: %b\n`, "KUBE_PARSE 5:6"],
  ["a template", `${MAP}data: {{ .Values.data }}\n`, "KUBE_BAD_KEY 4:8"],
  ["a template line", `${MAP}{{- if .x }}\ndata: {}\n{{- end }}\n`, "KUBE_PARSE 4:3"],
  ["an anchor without a name", `${MAP}data: & a\n`, "KUBE_PARSE 4:8"],
  ["two anchors on one node", `${MAP}data: &a &b c\n`, "KUBE_PARSE 4:10"],
  ["an alias with a tag", `${MAP}data: {a: &x 1, b: !!str *x}\n`, "KUBE_PARSE 4:26"],
  ["an undeclared tag handle", `${MAP}data: !h!t a\n`, "KUBE_PARSE 4:11"],
  ["a block scalar's header with text", `${MAP}data: | a\n  b\n`, "KUBE_PARSE 4:9"],
  ["a block scalar with indentation 0", `${MAP}data: |0\n  b\n`, "KUBE_PARSE 4:8"],
  ["a block scalar whose first lines are indented more", `${MAP}data: |\n     \n  b\n`, "KUBE_PARSE 6:3"],
  ["a mapping key that is a list", `${MAP}data: {[a]: b}\n`, "KUBE_BAD_KEY 4:8"],
  ["a mapping key that is a mapping", `${MAP}data:\n  ? {a: b}\n  : c\n`, "KUBE_BAD_KEY 5:5"],
  ["a null key", `${MAP}data: {~: b}\n`, "KUBE_BAD_KEY 4:8"],
  ["an empty key", `${MAP}data: {: b}\n`, "KUBE_BAD_KEY 4:8"],
  ["a key beyond int64", `${MAP}data: {18446744073709551615: b}\n`, "KUBE_BAD_KEY 4:8"],
  ["an alias without an anchor", `${MAP}data: {a: *nope}\n`, "KUBE_UNKNOWN_ANCHOR 4:11"],
  ["an alias before its anchor", `${MAP}data: {a: *x, b: &x 1}\n`, "KUBE_UNKNOWN_ANCHOR 4:11"],
  ["an anchor that contains itself", `${MAP}data: &x {a: *x}\n`, "KUBE_ALIAS_CYCLE 4:14"],
  ["a merge with itself", `${MAP}data: &x {<<: *x}\n`, "KUBE_ALIAS_CYCLE 4:15"],
  ["a merge with a scalar", `${MAP}data: {<<: a}\n`, "KUBE_BAD_MERGE 4:8"],
  ["a merge with a list of lists", `${MAP}data: {<<: [[a]]}\n`, "KUBE_BAD_MERGE 4:8"],
  ["a billion laughs", `${MAP}${bomb(9, 10)}`, "KUBE_ALIAS_BOMB 4:13"],
  ["a wide bomb", `${MAP}${bomb(2, 2000)}`, "KUBE_ALIAS_BOMB 4:13"],
  ["flow nesting without end", `${MAP}data: ${"[".repeat(2000)}\n`, "KUBE_TOO_DEEP 4:506"],
  ["flow nesting too deep", `${MAP}data: ${"[".repeat(600)}${"]".repeat(600)}\n`, "KUBE_TOO_DEEP 4:506"],
  ["block nesting too deep", `${MAP}data:\n  ${"- ".repeat(600)}a\n`, "KUBE_TOO_DEEP 5:1001"],
  [
    "nesting too deep through aliases",
    `${MAP}a: &a ${"[".repeat(300)}${"]".repeat(300)}\nb: ${"[".repeat(300)}*a${"]".repeat(300)}\n`,
    "KUBE_TOO_DEEP 4:206",
  ],
  ["an infinite number", `${MAP}data: {a: .inf}\n`, "KUBE_BAD_NUMBER 4:11"],
  ["not a number", `${MAP}data: {a: .nan}\n`, "KUBE_BAD_NUMBER 4:11"],
  ["a tag that its value does not fit", `${MAP}data: {a: !!int yes}\n`, "KUBE_BAD_TAG 4:17"],
  ["base64 that is none", `${MAP}data: {a: !!binary "*"}\n`, "KUBE_BAD_TAG 4:20"],
  ["a NUL byte", `${MAP}data: {a: "\0"}\n`, "KUBE_CONTROL_CHARACTER 4:12"],
  ["a control character", `${MAP}data: {a: b\u0007}\n`, "KUBE_CONTROL_CHARACTER 4:12"],
  ["JSON with a trailing quote", `{"apiVersion": "v1", "kind": "Pod""}\n`, "KUBE_PARSE 1:35"],
  ["JSON cut short", `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"\n`, "KUBE_PARSE 1:61"],
  ["JSON without a comma", `{"apiVersion": "v1" "kind": "Pod"}\n`, "KUBE_PARSE 1:21"],
  ["a scalar for a document", "just text\n", "KUBE_NOT_AN_OBJECT 1:1"],
  ["a number for a document", "42\n", "KUBE_NOT_AN_OBJECT 1:1"],
  ["no kind", "apiVersion: v1\nmetadata: {name: a}\n", "KUBE_MISSING_KIND 1:1"],
  ["an empty kind", 'apiVersion: v1\nkind: ""\nmetadata: {name: a}\n', "KUBE_MISSING_KIND 2:1"],
  ["a kind that is a number", "apiVersion: v1\nkind: 3\nmetadata: {name: a}\n", "KUBE_MISSING_KIND 2:1"],
  ["no apiVersion", "kind: Pod\nmetadata: {name: a}\n", "KUBE_MISSING_API_VERSION 1:1"],
  ["an apiVersion that is a number", "apiVersion: 1\nkind: Pod\nmetadata: {name: a}\n", "KUBE_MISSING_API_VERSION 1:1"],
  ["a kind in the wrong group", "apiVersion: v1\nkind: Deployment\nmetadata: {name: a}\n", "KUBE_UNKNOWN_KIND 1:1"],
  [
    "a version that never was",
    "apiVersion: apps/v3\nkind: Deployment\nmetadata: {name: a}\n",
    "~KUBE_UNKNOWN_VERSION 1:1",
  ],
  ["no name", "apiVersion: v1\nkind: Pod\nmetadata: {}\n", "KUBE_MISSING_NAME 3:1"],
  ["no metadata", "apiVersion: v1\nkind: Pod\n", "KUBE_MISSING_NAME 1:1"],
  ["metadata that is a list", "apiVersion: v1\nkind: Pod\nmetadata: []\n", "KUBE_DECODE 3:1"],
  ["metadata of a custom resource that is a string", "apiVersion: a.b/v1\nkind: C\nmetadata: d\n", "KUBE_DECODE 3:1"],
  [
    "a label that is a number",
    "apiVersion: a.b/v1\nkind: C\nmetadata:\n  name: a\n  labels:\n    b: 1\n",
    "KUBE_DECODE 6:5",
  ],
  [
    "a string for an integer",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  replicas: '3'\n",
    "KUBE_DECODE 5:3",
  ],
  [
    "a fraction for an integer",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  replicas: 1.5\n",
    "KUBE_DECODE 5:3",
  ],
  [
    "an integer beyond int32",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  replicas: 99999999999\n",
    "KUBE_DECODE 5:3",
  ],
  ["a number beyond int64", `${POD}spec:\n  activeDeadlineSeconds: 1e30\n`, "KUBE_DECODE 5:3"],
  ["a boolean as a string", `${POD}spec:\n  hostNetwork: "true"\n`, "KUBE_DECODE 5:3"],
  ["a mapping for a list", `${POD}spec:\n  containers:\n    name: a\n`, "KUBE_DECODE 5:3"],
  ["a list for a mapping", `${POD}spec:\n  - containers\n`, "KUBE_DECODE 4:1"],
  [
    "an unquoted value of a variable",
    `${POD}spec:\n  containers:\n    - name: a\n      env:\n        - name: B\n          value: yes\n`,
    "KUBE_DECODE 9:11",
  ],
  [
    "a quantity that is none",
    `${POD}spec:\n  containers:\n    - name: a\n      resources: {limits: {cpu: 1 core}}\n`,
    "KUBE_DECODE 7:28",
  ],
  [
    "a port that is a fraction",
    `${POD}spec:\n  containers:\n    - name: a\n      livenessProbe: {httpGet: {port: 1.5}}\n`,
    "KUBE_DECODE 7:33",
  ],
  [
    "a wrong type behind an alias",
    `${POD}spec:\n  hostPID: &x 5\n  hostIPC: *x\n`,
    "KUBE_DECODE 5:3",
    "KUBE_DECODE 6:3",
  ],
  ["a ConfigMap with numbers", `${MAP}data:\n  a: 1\n`, "KUBE_DECODE 5:3"],
  ["a misspelt field", `${POD}spec:\n  hostnetwork: true\n`, "~KUBE_UNKNOWN_FIELD 5:3"],
  ["a field named __proto__", `${POD}spec:\n  __proto__: {hostNetwork: true}\n`, "~KUBE_UNKNOWN_FIELD 5:3"],
  [
    "a Secret that is not base64",
    "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a: plain text\n",
    "~KUBE_BAD_BASE64 5:3",
  ],
  ["a key given twice", `${POD}spec: {}\nspec: {}\n`, "~KUBE_DUPLICATE_KEY 5:1"],
  ["a key given twice in a flow mapping", `${MAP}data: {a: b, "a": c}\n`, "~KUBE_DUPLICATE_KEY 4:14"],
  ["a key given twice as __proto__", `${MAP}data: {__proto__: b, __proto__: c}\n`, "~KUBE_DUPLICATE_KEY 4:22"],
  ["a merge that overrides", `${MAP}data: {a: b, <<: {a: c}}\n`, "~KUBE_MERGE_OVERRIDES 4:14"],
  ["what follows the end mark", `${MAP}...\na: b\n`, "~KUBE_IGNORED_CONTENT 5:1"],
  ["a List whose items are a mapping", "apiVersion: v1\nkind: List\nitems: {}\n", "KUBE_BAD_LIST 3:1"],
  ["a List with a scalar", "apiVersion: v1\nkind: List\nitems:\n- a\n", "KUBE_BAD_LIST 4:3"],
  [
    "a List with an item without a kind",
    "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n",
    "KUBE_MISSING_KIND 4:3",
  ],
  ["a List with an empty item", "apiVersion: v1\nkind: List\nitems:\n- {}\n", "KUBE_MISSING_KIND 4:3"],
  [
    "a wrong type in a List",
    "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: 1}\n",
    "KUBE_DECODE 6:14",
  ],
];

function said(diagnostics: readonly Diagnostic[], linesBefore: number): string[] {
  return diagnostics.map(({ code, severity, region }) => {
    const mark = severity === "warning" ? "~" : "";
    if (region === undefined) return `${mark}${code}`;
    return `${mark}${code} ${region.start.line - linesBefore}:${region.start.column}`;
  });
}

suite("bad documents", () => {
  for (const [name, text, ...expected] of documents) {
    test(`${name}: ${expected.join(", ")}`, () => {
      const snapshot = snapshotFromText(GOOD_BEFORE + text + GOOD_BEHIND, { file: "a.yaml" });
      assert.deepEqual(said(snapshot.diagnostics, LINES_BEFORE), expected, JSON.stringify(snapshot.diagnostics));
      const names = snapshot.objects.map((object) => object.name);
      assert.deepEqual([names[0], names.at(-1)], ["before", "behind"]);
    });
    test(`${name}, with CRLF`, () => {
      const snapshot = snapshotFromText((GOOD_BEFORE + text + GOOD_BEHIND).replaceAll("\n", "\r\n"), {
        file: "a.yaml",
      });
      assert.deepEqual(said(snapshot.diagnostics, LINES_BEFORE), expected);
    });
  }
  test("nothing of a hostile key reaches the prototype of objects", () => {
    snapshotFromText(`${MAP}data: {__proto__: {polluted: yes}, constructor: {prototype: {polluted: yes}}}\n`);
    assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
  });
  test("values of Secrets are not in messages", () => {
    const { diagnostics } = snapshotFromText(
      "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: 12345}\nimmutable: hunter2\n",
    );
    assert.deepEqual(said(diagnostics, 0), ["KUBE_DECODE 4:8", "KUBE_DECODE 5:1"]);
    assert.doesNotMatch(JSON.stringify(diagnostics), /12345|hunter2/);
  });
  test("many small bombs together are stopped", () => {
    const { diagnostics } = snapshotFromText(Array.from({ length: 60 }, () => `${MAP}${bomb(4, 10)}`).join("---\n"));
    assert.equal(diagnostics.at(-1)?.code, "KUBE_ALIAS_BOMB");
  });
});

/** Separator lines: these concern the stream, not one document. */
const streams: readonly (readonly [name: string, text: string, ...problems: string[]])[] = [
  ["text behind a separator", `${MAP}--- foo\n${MAP}`, "KUBE_BAD_SEPARATOR 4:1"],
  ["four dashes", `${MAP}----\n${MAP}`, "KUBE_BAD_SEPARATOR 4:1"],
  ["a separator in a block scalar", `${MAP}data:\n  a: |\n---\n  b\n`, "KUBE_NOT_AN_OBJECT 7:3"],
  ["a misplaced byte order mark", `a: b\n\uFEFFc: [\n`, "KUBE_PARSE 2:6"],
];

suite("bad streams", () => {
  for (const [name, text, ...expected] of streams) {
    test(`${name}: ${expected.join(", ")}`, () =>
      assert.deepEqual(said(snapshotFromText(text).diagnostics, 0), expected));
  }
});

suite("bad files", () => {
  let folder = "";
  const at = (path: string): string => join(folder, path);
  const isRoot = process.getuid?.() === 0;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "bad-inputs-"));
    for (const path of [
      "empty",
      "chart/templates",
      "kustomization",
      "broken-kustomization",
      "folders/x.yaml",
      "loop",
      "sub/deep",
    ])
      mkdirSync(at(path), { recursive: true });
    writeFileSync(at("good.yaml"), MAP);
    writeFileSync(at("utf16.yaml"), Buffer.from(`\uFEFF${MAP}`, "utf16le"));
    writeFileSync(at("latin1.yaml"), Buffer.from(`${MAP}data: {a: caf\u00e9}\n`, "latin1"));
    writeFileSync(at("binary.yaml"), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe, 0, 0, 1]));
    writeFileSync(at("huge.yaml"), "");
    truncateSync(at("huge.yaml"), 65 * 1024 * 1024);
    writeFileSync(at("secret.yaml"), MAP);
    chmodSync(at("secret.yaml"), 0);
    symlinkSync(at("loop/a.yaml"), at("loop/b.yaml"));
    symlinkSync(at("loop/b.yaml"), at("loop/a.yaml"));
    symlinkSync(at("nowhere"), at("dangling.yaml"));
    symlinkSync(at("sub"), at("sub/deep/again"));
    writeFileSync(at("sub/good.yaml"), MAP);
    writeFileSync(at("chart/Chart.yaml"), "apiVersion: v2\nname: c\nversion: 1.0.0\n");
    writeFileSync(at("chart/templates/a.yaml"), "{{ fail }}\n");
    writeFileSync(at("kustomization/kustomization.yaml"), "resources: []\n");
    writeFileSync(at("broken-tool"), "#!/bin/sh\necho 'Error: no such template' >&2\nexit 1\n", { mode: 0o755 });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const NOT_THERE = "no-such-program";
  for (const [name, path, ...expected] of [
    ["a file that is not there", "nope.yaml", "KUBE_NOT_FOUND nope.yaml"],
    ["a path through a file", "good.yaml/a", "KUBE_NOT_FOUND good.yaml/a"],
    ["a dangling link", "dangling.yaml", "KUBE_NOT_FOUND dangling.yaml"],
    ["links in a circle", "loop/a.yaml", "KUBE_SYMLINK_LOOP loop/a.yaml"],
    ["a folder of links in a circle", "loop", "KUBE_SYMLINK_LOOP loop/a.yaml", "KUBE_SYMLINK_LOOP loop/b.yaml"],
    ["UTF-16", "utf16.yaml", "KUBE_NOT_UTF8 utf16.yaml:1:1"],
    ["Latin-1", "latin1.yaml", "KUBE_NOT_UTF8 latin1.yaml:4:14"],
    ["a program", "binary.yaml", "KUBE_BINARY binary.yaml"],
    ["a file that is too large", "huge.yaml", "KUBE_TOO_LARGE huge.yaml"],
    ["an empty folder", "empty", "KUBE_EMPTY_FOLDER empty"],
    ["a folder named as a file", "folders", "KUBE_NOT_A_FILE folders/x.yaml"],
    ["a chart without helm", "chart", "KUBE_HELM_MISSING chart/Chart.yaml"],
    ["a kustomization without kustomize", "kustomization", "KUBE_KUSTOMIZE_MISSING kustomization/kustomization.yaml"],
  ] as const) {
    test(`${name}: ${expected.join(", ")}`, async () => {
      const { diagnostics, objects } = await loadSnapshot({
        paths: [at(path), at("good.yaml")],
        tools: { helm: NOT_THERE, kubectl: NOT_THERE, kustomize: NOT_THERE },
      });
      const places = diagnostics.map(({ code, file = "", region }) => {
        const place = region === undefined ? "" : `:${region.start.line}:${region.start.column}`;
        return `${code} ${relative(folder, file)}${place}`;
      });
      assert.deepEqual(places, expected);
      assert.ok(diagnostics.every(({ severity, message }) => severity === "error" && message !== ""));
      assert.equal(objects.length, 1, "the good file is still read");
    });
  }

  test(
    "a file that may not be read: KUBE_UNREADABLE",
    { skip: isRoot ? "root may read anything" : false },
    async () => {
      const { diagnostics } = await loadSnapshot({ paths: [at("secret.yaml")] });
      assert.deepEqual(
        diagnostics.map(({ code }) => code),
        ["KUBE_UNREADABLE"],
      );
    },
  );
  test("a device: KUBE_NOT_A_FILE", { skip: process.platform === "win32" ? "no devices" : false }, async () => {
    const { diagnostics } = await loadSnapshot({ paths: ["/dev/zero"] });
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ["KUBE_NOT_A_FILE"],
    );
  });
  test("a link back to a folder above is followed once", async () => {
    const { diagnostics, objects } = await loadSnapshot({ paths: [at("sub")], recursive: true });
    assert.deepEqual([diagnostics.length, objects.length], [0, 1]);
  });
  test("a chart that helm refuses: KUBE_HELM_FAILED with helm's words", async () => {
    const { diagnostics } = await loadSnapshot({ paths: [at("chart")], tools: { helm: at("broken-tool") } });
    assert.deepEqual(
      diagnostics.map(({ code, message }) => [code, message]),
      [["KUBE_HELM_FAILED", "helm could not render the chart: Error: no such template"]],
    );
  });
  test("a kustomization that cannot be built: KUBE_KUSTOMIZE_FAILED", async () => {
    const { diagnostics } = await loadSnapshot({
      paths: [],
      kustomize: [at("kustomization")],
      tools: { kubectl: at("broken-tool") },
    });
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ["KUBE_KUSTOMIZE_FAILED"],
    );
  });
  test("a folder given as kustomization that is none: KUBE_NOT_FOUND", async () => {
    const { diagnostics } = await loadSnapshot({ paths: [], kustomize: [at("empty"), at("nope")] });
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ["KUBE_NOT_FOUND", "KUBE_NOT_FOUND"],
    );
  });
  test("standard input that is no text: KUBE_NOT_UTF8", async () => {
    const stdin = (async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from([0x61, 0xff]);
    })();
    const { diagnostics } = await loadSnapshot({ paths: ["-"], stdin });
    assert.deepEqual(
      diagnostics.map(({ code, file }) => [code, file]),
      [["KUBE_NOT_UTF8", "<stdin>"]],
    );
  });
});
