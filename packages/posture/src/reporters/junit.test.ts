import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Report } from "../report.ts";
import { sampleReport } from "../sample-report.ts";
import { junit } from "./junit.ts";

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** A strict reader of what a report may hold: elements, attributes in double quotes, the five entities and character references. */
function parseXml(xml: string): Element {
  const head = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/.exec(xml);
  assert.ok(head !== null);
  // oxlint-disable-next-line no-control-regex -- XML 1.0 has none of these
  assert.doesNotMatch(xml, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  let at = head[0].length;
  const token = /<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  while (at < xml.length) {
    token.lastIndex = at;
    const match = token.exec(xml);
    assert.ok(match !== null, `no XML at ${xml.slice(at, at + 60)}`);
    at = token.lastIndex;
    const [, close, name = "", attributes = "", empty, text] = match;
    const parent = open.at(-1) ?? assert.fail();
    if (text !== undefined) parent.text += unescape(text);
    else if (close === "/") assert.equal(open.pop()?.name, name);
    else {
      const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(
        ([, key = "", value = ""]): [string, string] => [key, unescape(value)],
      );
      assert.equal(new Set(pairs.map(([key]) => key)).size, pairs.length);
      const element: Element = { name, attributes: Object.fromEntries(pairs), children: [], text: "" };
      parent.children.push(element);
      if (empty === "") open.push(element);
    }
  }
  assert.equal(open.length, 1);
  return root.children[0] ?? assert.fail();
}

function unescape(text: string): string {
  assert.doesNotMatch(text, /&(?!(?:amp|lt|gt|quot|#\d+);)/);
  return text.replaceAll(/&(amp|lt|gt|quot|#(\d+));/g, (_, name: string, code: string | undefined) =>
    code === undefined ? ({ amp: "&", lt: "<", gt: ">", quot: '"' }[name] ?? "") : String.fromCharCode(Number(code)),
  );
}

/** Elements, their attributes and children, as the JUnit schema of Jenkins' xUnit plugin has them. */
const GRAMMAR: Readonly<
  Record<
    string,
    { readonly required: readonly string[]; readonly optional: readonly string[]; readonly children: readonly string[] }
  >
> = {
  testsuites: {
    required: [],
    optional: ["name", "tests", "failures", "errors", "skipped", "time"],
    children: ["testsuite"],
  },
  testsuite: {
    required: ["name", "tests"],
    optional: ["failures", "errors", "skipped", "time", "timestamp"],
    children: ["testcase"],
  },
  testcase: { required: ["name", "classname"], optional: ["time"], children: ["skipped", "error", "failure"] },
  failure: { required: [], optional: ["type", "message"], children: [] },
  error: { required: [], optional: ["type", "message"], children: [] },
  skipped: { required: [], optional: ["type", "message"], children: [] },
};

function assertGrammar(element: Element): void {
  const rule = GRAMMAR[element.name] ?? assert.fail(`unknown element ${element.name}`);
  for (const name of rule.required)
    assert.ok(Object.hasOwn(element.attributes, name), `${element.name} has no ${name}`);
  for (const name of Object.keys(element.attributes))
    assert.ok([...rule.required, ...rule.optional].includes(name), `${element.name} has ${name}`);
  for (const child of element.children) {
    assert.ok(rule.children.includes(child.name), `${child.name} in ${element.name}`);
    assertGrammar(child);
  }
}

function count(element: Element, name: string): number {
  return element.children.reduce((sum, child) => sum + (child.name === name ? 1 : 0) + count(child, name), 0);
}

function parsed(report: Report): Element {
  const root = parseXml([...junit(report)].join(""));
  assertGrammar(root);
  for (const element of [root, ...root.children]) {
    assert.equal(Number(element.attributes["tests"]), count(element, "testcase"));
    assert.equal(Number(element.attributes["failures"]), count(element, "failure"));
    assert.equal(Number(element.attributes["errors"]), count(element, "error"));
    assert.equal(Number(element.attributes["skipped"]), count(element, "skipped"));
  }
  return root;
}

suite("junit", () => {
  test("has a suite for each control that judged something, and counts that add up", () => {
    const root = parsed(sampleReport());
    assert.deepEqual(
      root.children.map(({ attributes }) => attributes["name"]?.slice(0, 8)),
      ["INF-006 ", "NET-001 ", "RBAC-001", "IMG-001 "],
    );
  });

  test("keeps hostile text as text", () => {
    const messages = parsed(sampleReport()).children.flatMap(({ children }) =>
      children.flatMap((testCase) => testCase.children.map(({ attributes }) => attributes["message"])),
    );
    assert.ok(messages.includes("container web runs shop/web, which has no tag | <b>"));
  });

  test("shows what could not be read as errors", () => {
    const report = sampleReport();
    const diagnostics = [
      { code: "KUBE_PARSE", severity: "error", message: "bad \u0000 \ud800", file: "a.yaml" },
    ] as const;
    const root = parsed({ ...report, coverage: { ...report.coverage, diagnostics } });
    assert.equal(root.attributes["errors"], "1");
    assert.equal(root.children[0]?.children[0]?.children[0]?.attributes["message"], "bad \ufffd \ufffd");
  });

  test("is a document without suites when nothing was given", () => {
    assert.equal(parsed(sampleReport({ text: "" })).children.length, 1);
  });
});
