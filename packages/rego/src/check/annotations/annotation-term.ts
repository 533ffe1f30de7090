import type { Annotations, ObjectEntry, RefTerm, SchemaAnnotation, Term } from "../../syntax/ast.ts";
import type { Location } from "../../syntax/location.ts";
import { formatTerm } from "../../syntax/print-term.ts";
import { isArray, isNumber, isPlainObject } from "../../values/kinds.ts";
import { numberText } from "../../values/number.ts";
import { objectEntries } from "../../values/object.ts";
import type { PlainObject, Value } from "../../values/value.ts";
import type { ChainLink } from "./annotation-set.ts";

// What `rego.metadata.rule()` and `rego.metadata.chain()` give.

/** The way from a rule to its outermost package as an array term. */
export function chainTerm(chain: readonly ChainLink[], location: Location): Term {
  const links = chain.map(({ path, annotations }): Value => {
    const link = { path: pathTexts(path).slice(1) };
    return annotations === undefined ? link : { ...link, annotations: fieldsOf(annotations) };
  });
  return constantTerm(links, location);
}

/** A METADATA block as an object term, without what it does not say; an empty one for none. */
export function annotationTerm(annotations: Annotations | undefined, location: Location): Term {
  return constantTerm(annotations === undefined ? {} : fieldsOf(annotations), location);
}

function fieldsOf(annotations: Annotations): PlainObject {
  const { scope, title, entrypoint, description, organizations, relatedResources, authors, schemas } = annotations;
  const { custom, labels } = annotations;
  return {
    scope,
    ...(title !== "" && { title }),
    ...(entrypoint && { entrypoint }),
    ...(description !== "" && { description }),
    ...(organizations.length > 0 && { organizations }),
    ...(relatedResources.length > 0 && {
      related_resources: relatedResources.map(({ ref, description: text }) => ({
        ref,
        ...(text !== "" && { description: text }),
      })),
    }),
    ...(authors.length > 0 && {
      authors: authors.map(({ name, email }) => ({ ...(name !== "" && { name }), ...(email !== "" && { email }) })),
    }),
    ...(schemas.length > 0 && { schemas: schemas.map(schemaFields) }),
    ...(custom !== undefined && Object.keys(custom).length > 0 && { custom }),
    ...(labels !== undefined && Object.keys(labels).length > 0 && { labels }),
  };
}

function schemaFields(annotation: SchemaAnnotation): PlainObject {
  const path = pathTexts(annotation.path);
  return "schema" in annotation
    ? { path, schema: pathTexts(annotation.schema) }
    : { path, definition: annotation.definition };
}

function pathTexts({ head, path }: RefTerm): readonly string[] {
  return [head, ...path].map((part) => (part.type === "string" ? part.value : formatTerm(part)));
}

/** JSON as a term. */
function constantTerm(value: Value, location: Location): Term {
  if (typeof value === "string") return { type: "string", value, location };
  if (typeof value === "boolean") return { type: "boolean", value, location };
  if (isNumber(value)) return { type: "number", text: numberText(value), location };
  if (isArray(value)) return { type: "array", items: value.map((item) => constantTerm(item, location)), location };
  if (!isPlainObject(value)) return { type: "null", location };
  const entries = objectEntries(value).map(([key, item]): ObjectEntry => ({
    key: constantTerm(key, location),
    value: constantTerm(item, location),
  }));
  return { type: "object", entries, location };
}
