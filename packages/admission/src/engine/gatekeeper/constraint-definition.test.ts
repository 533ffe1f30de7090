import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type JsonObject, listAt, objectAt, stringAt } from "@redoubt/kube";
import { constraintDefinition } from "./constraint-definition.ts";

const template = (version: string, openAPIV3Schema: JsonObject | undefined, legacySchema?: boolean): JsonObject => ({
  apiVersion: `templates.gatekeeper.sh/${version}`,
  kind: "ConstraintTemplate",
  metadata: { name: "teamlabels", uid: "7" },
  spec: {
    crd: {
      spec: {
        names: { kind: "TeamLabels", shortNames: ["tl"] },
        ...(openAPIV3Schema === undefined
          ? {}
          : { validation: { openAPIV3Schema, ...(legacySchema === undefined ? {} : { legacySchema }) } }),
      },
    },
    targets: [{ target: "admission.k8s.gatekeeper.sh", rego: "package teamlabels\nviolation[{}] { false }" }],
  },
});
const schemaOf = (definition: JsonObject | undefined): JsonObject =>
  objectAt(listAt(definition, ["spec", "versions"])[0], [
    "schema",
    "openAPIV3Schema",
    "properties",
    "spec",
    "properties",
  ]) ?? {};
const NESTED: JsonObject = {
  type: "object",
  properties: { labels: { type: "array" }, owner: { properties: { name: { type: "string" } } } },
};

suite("the definition of a template's constraints", () => {
  test("is named for the kind and belongs to the template", () => {
    const definition = constraintDefinition(template("v1", NESTED));
    assert.equal(stringAt(definition, ["metadata", "name"]), "teamlabels.constraints.gatekeeper.sh");
    assert.equal(stringAt(listAt(definition, ["metadata", "ownerReferences"])[0], ["uid"]), "7");
    assert.deepEqual(objectAt(definition, ["spec", "names"]), {
      kind: "TeamLabels",
      listKind: "TeamLabelsList",
      plural: "teamlabels",
      singular: "teamlabels",
      categories: ["constraint", "constraints"],
      shortNames: ["tl"],
    });
  });

  test("takes the schema of parameters as it is, beside the match and the action", () => {
    const schema = schemaOf(constraintDefinition(template("v1", NESTED)));
    assert.deepEqual(schema["parameters"], NESTED);
    assert.deepEqual(Object.keys(schema).sort(), [
      "enforcementAction",
      "match",
      "parameters",
      "scopedEnforcementActions",
    ]);
  });

  test("lets legacy schemas keep fields that they do not name, at every level", () => {
    for (const legacy of [template("v1beta1", NESTED), template("v1", NESTED, true)]) {
      const open = { "x-kubernetes-preserve-unknown-fields": true };
      assert.deepEqual(schemaOf(constraintDefinition(legacy))["parameters"], {
        type: "object",
        properties: {
          labels: { type: "array", items: open },
          owner: { properties: { name: { type: "string" } }, ...open },
        },
        ...open,
      });
    }
  });

  test("has no parameters where the template has no schema, and is none where it names no kind", () => {
    assert.equal(schemaOf(constraintDefinition(template("v1", undefined)))["parameters"], undefined);
    assert.equal(constraintDefinition({ kind: "ConstraintTemplate", spec: "odd" }), undefined);
  });
});
