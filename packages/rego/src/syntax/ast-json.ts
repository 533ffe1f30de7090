import { encodeBase64 } from "../builtins/base64.ts";
import { numberFromText } from "../values/number.ts";
import { toUtf8 } from "../values/utf8.ts";
import type { MutableObject, PlainObject, Value } from "../values/value.ts";
import type { Annotations, Body, Expr, Head, Import, Module, ObjectEntry, RefTerm, Rule, Term, With } from "./ast.ts";
import { compareTerms } from "./compare-terms.ts";
import { type Location, textOf } from "./location.ts";
import { valueName } from "./term-names.ts";

export interface AstJsonOptions {
  /** Whether nodes carry their places and texts, as with OPA's `--json-include locations`. Default: false. */
  readonly locations?: boolean;
  /** Whether the module's comments are listed. Default: true. */
  readonly comments?: boolean;
}

/** A module's syntax tree as the JSON that `opa parse --format json` and `rego.parse_module` give. */
export function moduleJson(module: Module, options: AstJsonOptions = {}): MutableObject {
  return new AstWriter(options.locations ?? false).module(module, options.comments ?? true);
}

type Members = Readonly<Record<string, Value | undefined>>;

class AstWriter {
  readonly #locations: boolean;

  constructor(locations: boolean) {
    this.#locations = locations;
  }

  module({ package: pkg, imports, annotations, rules, comments }: Module, withComments: boolean): MutableObject {
    const listed = withComments ? comments : [];
    return object({
      package: this.#placed({ path: this.#ref(pkg.path) }, pkg.location),
      imports: optional(imports.map((node) => this.#import(node))),
      annotations: optional(annotations.map((block) => this.#annotations(block))),
      rules: optional(rules.map((rule) => this.#rule(rule))),
      comments: optional(
        listed.map(({ text, location }) => ({
          Text: encodeBase64(toUtf8(text), "standard"),
          Location: this.#location(location),
        })),
      ),
    });
  }

  #annotations(block: Annotations): Value {
    const { location, endLocation, compile } = block;
    const unplaced = new AstWriter(false);
    return object({
      authors: optional(block.authors.map(({ name, email }) => ({ name, ...(email !== "" && { email }) }))),
      compile:
        compile &&
        object({
          unknowns: optional(compile.unknowns.map((ref) => this.#ref(ref))),
          mask_rule: compile.maskRule && this.#parts(compile.maskRule),
        }),
      custom: fieldsOf(block.custom),
      description: textOrNone(block.description),
      entrypoint: block.entrypoint ? true : undefined,
      labels: fieldsOf(block.labels),
      location: this.#locations ? this.#location({ ...location, end: endLocation.end }) : undefined,
      organizations: optional(block.organizations),
      related_resources: optional(
        block.relatedResources.map(({ ref, description }) => object({ description: textOrNone(description), ref })),
      ),
      schemas: optional(
        block.schemas.map((schema) => {
          const path = unplaced.#ref(schema.path);
          return "schema" in schema
            ? { path, schema: this.#ref(schema.schema) }
            : { path, definition: schema.definition };
        }),
      ),
      scope: block.scope,
      title: textOrNone(block.title),
    });
  }

  /** A reference, or what is one part alone. */
  #parts(term: Term): Value {
    return term.type === "ref" ? this.#ref(term) : [this.term(term)];
  }

  #location(location: Location): Value {
    const { source, row, col } = location;
    const text = this.#locations ? encodeBase64(toUtf8(textOf(location)), "standard") : undefined;
    return object({ file: source.file, row, col, text });
  }

  #placed(members: Members, location: Location): Value {
    return object(this.#locations ? { ...members, location: this.#location(location) } : members);
  }

  /** `some` and `every` stand for their first word. */
  #declared(members: Members, location: Location, keyword: string): Value {
    return this.#placed(members, { ...location, end: location.offset + keyword.length });
  }

  #import({ path, alias, aliasLocation, location }: Import): Value {
    const place = this.#locations && aliasLocation !== undefined ? this.#location(aliasLocation) : undefined;
    return this.#placed({ path: this.term(path), alias, alias_location: place }, location);
  }

  #rule(rule: Rule): Value {
    const members = {
      annotations: optional(rule.annotations.map((block) => this.#annotations(block))),
      head: this.#head(rule.head),
      body: this.#body(rule.body),
      default: rule.default ? true : undefined,
      else: rule.else === undefined ? undefined : this.#rule(rule.else),
    };
    return this.#placed(members, rule.location);
  }

  #head(head: Head): Value {
    const members = {
      name: head.name === "" ? undefined : head.name,
      ref: this.#ref(head.ref),
      args: optional(head.args.map((argument) => this.term(argument))),
      key: this.#optionalTerm(head.key),
      value: head.generatedValue ? { type: "boolean", value: true } : this.#optionalTerm(head.value),
      assign: head.assign ? true : undefined,
    };
    return this.#placed(members, head.location);
  }

  #body(body: Body): Value {
    return body.map((expr, index) => this.#expr(expr, index));
  }

  #expr(expr: Expr, index: number): Value {
    const members = {
      index,
      terms: this.#terms(expr),
      negated: expr.negated ? true : undefined,
      generated: expr.generated ? true : undefined,
      with: optional(expr.with.map((modifier) => this.#with(modifier))),
    };
    return this.#placed(members, expr.location);
  }

  #terms(expr: Expr): Value {
    switch (expr.type) {
      case "termExpr":
        return this.term(expr.term);
      case "callExpr":
        return [expr.operator, ...expr.args].map((term) => this.term(term));
      case "some":
        return this.#declared({ symbols: expr.vars.map((variable) => this.term(variable)) }, expr.location, "some");
      case "someIn": {
        const operands = expr.key === undefined ? [expr.value] : [expr.key, expr.value];
        const name = `member_${operands.length + 1}`;
        const place = { ...(expr.key ?? expr.value).location, end: expr.domain.location.end };
        const call = callOf("internal", name, [...operands, expr.domain], place);
        return this.#declared({ symbols: [this.term(call)] }, expr.location, "some");
      }
      case "every": {
        const { key, value, domain, body } = expr;
        const members = { key: this.#optionalTerm(key) ?? null, value: this.term(value), domain: this.term(domain) };
        return this.#declared({ ...members, body: this.#body(body) }, expr.location, "every");
      }
      case "not":
        return object({ type: "not", body: this.#body(expr.body), explicit_body: expr.explicitBody });
      case "logical":
        return object({
          type: expr.operator,
          lhs: this.#body(expr.left),
          rhs: this.#body(expr.right),
          explicit_lhs: expr.explicitLeft ? true : undefined,
          explicit_rhs: expr.explicitRight ? true : undefined,
        });
    }
  }

  #with({ target, value, location }: With): Value {
    return this.#placed({ target: this.term(target), value: this.term(value) }, location);
  }

  #optionalTerm(term: Term | undefined): Value | undefined {
    return term === undefined ? undefined : this.term(term);
  }

  term(term: Term): Value {
    return this.#placed({ type: valueName(term), value: this.#value(term) }, term.location);
  }

  #ref({ head, path }: RefTerm): Value {
    return [head, ...path].map((part) => this.term(part));
  }

  #value(term: Term): Value {
    switch (term.type) {
      case "null":
        return {};
      case "boolean":
      case "string":
        return term.value;
      case "number":
        return numberFromText(term.text.replace(/^(-?)\./, "$10.")) ?? term.text;
      case "var":
        return term.name;
      case "ref":
        return this.#ref(term);
      case "array":
        return term.items.map((item) => this.term(item));
      case "set":
        return term.items.toSorted(compareTerms).map((item) => this.term(item));
      case "object":
        return sortedEntries(term.entries).map(({ key, value }) => [this.term(key), this.term(value)]);
      case "arrayComprehension":
      case "setComprehension":
        return { term: this.term(term.term), body: this.#body(term.body) };
      case "objectComprehension":
        return { key: this.term(term.key), value: this.term(term.value), body: this.#body(term.body) };
      case "call":
        return [term.operator, ...term.args].map((part) => this.term(part));
      case "templateString": {
        const parts = term.parts.map((part) => ("with" in part ? this.#expr(part, 0) : this.term(part)));
        return { parts, multi_line: term.multiLine };
      }
    }
  }
}

function object(members: Members): MutableObject {
  const result: MutableObject = {};
  for (const [key, value] of Object.entries(members)) if (value !== undefined) result[key] = value;
  return result;
}

function textOrNone(text: string): string | undefined {
  return text === "" ? undefined : text;
}

function fieldsOf(fields: PlainObject | undefined): PlainObject | undefined {
  return fields === undefined || Object.keys(fields).length === 0 ? undefined : fields;
}

function optional(list: readonly Value[]): readonly Value[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** One entry a key, in the order of the keys. */
function sortedEntries(entries: readonly ObjectEntry[]): readonly ObjectEntry[] {
  const sorted = entries.toSorted((a, b) => compareTerms(a.key, b.key));
  return sorted.filter((entry, i) => {
    const next = sorted[i + 1];
    return next === undefined || compareTerms(entry.key, next.key) !== 0;
  });
}

function callOf(namespace: string, name: string, args: readonly Term[], location: Location): Term {
  const head: Term = { type: "var", name: namespace, location };
  const operator: RefTerm = { type: "ref", head, path: [{ type: "string", value: name, location }], location };
  return { type: "call", operator, args, location };
}
