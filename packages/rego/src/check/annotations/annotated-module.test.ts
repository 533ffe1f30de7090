import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { moduleJson } from "../../syntax/ast-json.ts";
import { parseModule } from "../../syntax/parse-module.ts";
import { jsonText } from "../../values/json-write.ts";
import { annotatedModule } from "./annotated-module.ts";

function annotated(text: string): ReturnType<typeof annotatedModule> {
  const { module } = parseModule(text, { file: "a.rego" });
  assert.ok(module !== undefined);
  return annotatedModule(module);
}

const policy = `# METADATA
# title: all
# scope: package
package a

# METADATA
# scope: document
# authors:
# - Ann <a@b.c>

# METADATA
# title: first
# related_resources:
# - ref: https://x
#   description: d
p contains 1

# METADATA
# title: second
# schemas:
# - input: schema.s
# - data.y: {type: string}
# compile:
#   unknowns: [input.a]
#   mask_rule: m
p contains 2

p contains 3
`;

suite("a module with its METADATA", () => {
  test("each rule has the block above it, and those about the whole document", () => {
    const { module, errors } = annotated(policy);
    assert.deepEqual(errors, []);
    assert.deepEqual(
      module.annotations.map(({ scope, title }) => `${scope} ${title}`),
      ["package all", "document ", "rule first", "rule second"],
    );
    assert.deepEqual(
      module.rules.map(({ annotations }) => annotations.map(({ scope, title }) => `${scope} ${title}`)),
      [["document ", "rule first"], ["document ", "rule second"], ["document "]],
    );
  });

  test("its JSON is OPA's", () => {
    const { module } = annotated(policy);
    const ref = (...names: readonly string[]): string =>
      `[${names.map((name, i) => `{"type":"${i === 0 ? "var" : "string"}","value":"${name}"}`).join(",")}]`;
    const { annotations } = moduleJson(module);
    assert.equal(
      jsonText(annotations ?? null),
      `[{"scope":"package","title":"all"},{"authors":[{"email":"a@b.c","name":"Ann"}],"scope":"document"},` +
        `{"related_resources":[{"description":"d","ref":"https://x"}],"scope":"rule","title":"first"},` +
        `{"compile":{"mask_rule":${ref("m")},"unknowns":[${ref("input", "a")}]},` +
        `"schemas":[{"path":${ref("input")},"schema":${ref("schema", "s")}},` +
        `{"definition":{"type":"string"},"path":${ref("data", "y")}}],"scope":"rule","title":"second"}]`,
    );
  });

  test("blocks that cannot be read are told of, and none is there", () => {
    const { module, errors } = annotated("# METADATA\n# scope: nowhere\npackage a\np := 1");
    assert.match(errors[0]?.message ?? "", /^invalid annotation scope 'nowhere'/);
    assert.deepEqual(module.annotations, []);
  });

  test("a module without METADATA stays as it is", () => {
    const { module } = parseModule("package a\np := 1", { file: "a.rego" });
    assert.ok(module !== undefined);
    assert.equal(annotatedModule(module).module, module);
    assert.equal(moduleJson(module)["annotations"], undefined);
  });
});
