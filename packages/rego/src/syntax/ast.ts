/**
 * The syntax tree of Rego. Nodes are plain objects told apart by `type`; the parser never changes one after it has handed it
 * out, and a later stage that rewrites makes new ones.
 */
import type { PlainObject, Value } from "../values/value.ts";
import type { Location } from "./location.ts";

/** A version of the language that a module can be written in. */
export type RegoVersion = "v0" | "v1" | "v2";

/** The version that a module is parsed as, and the latest one whose features its imports turn on. */
export interface VersionSpan {
  readonly min: RegoVersion;
  readonly max: RegoVersion;
}

// Modules

export interface Module {
  readonly type: "module";
  readonly package: Package;
  readonly imports: readonly Import[];
  readonly rules: readonly Rule[];
  readonly comments: readonly Comment[];
  /** Every METADATA block, in source order. Empty unless annotations were asked for. */
  readonly annotations: readonly Annotations[];
  readonly version: VersionSpan;
  readonly location: Location;
}

export interface Package {
  readonly type: "package";
  /** Starts with `data`: `package a.b` has the path `data.a.b`, all of whose parts are strings. */
  readonly path: RefTerm;
  readonly location: Location;
}

export interface Import {
  readonly type: "import";
  /** Starts with `data`, `input`, `future` or `rego`; the rest are strings. */
  readonly path: RefTerm;
  readonly alias: string | undefined;
  readonly aliasLocation: Location | undefined;
  readonly location: Location;
}

/** A comment of one line, without its `#`. */
export interface Comment {
  readonly type: "comment";
  readonly text: string;
  readonly location: Location;
}

/** One definition of a rule or function. `p { a } { b }` is two, the second with a copy of the head. */
export interface Rule {
  readonly type: "rule";
  readonly default: boolean;
  readonly head: Head;
  /** Never empty: `true` where no body was written. */
  readonly body: Body;
  /** Whether no body was written. */
  readonly generatedBody: boolean;
  readonly else: Rule | undefined;
  /** METADATA of scope `rule` or `document` that apply to this rule. */
  readonly annotations: readonly Annotations[];
  readonly location: Location;
}

/**
 * The head of a rule. What it defines:
 * - `key` without `value`: a multi-value rule (a partial set);
 * - `value`: a single value at `ref`, whose parts may hold variables (a partial object);
 * - `args` not empty: a function.
 */
export interface Head {
  readonly type: "head";
  /** `p`, `p.q`, `p[x]`: a variable, then any terms. */
  readonly ref: RefTerm;
  /** The name where the rule has one without a path; also that of `p[x]` in the forms older than ref heads. Else empty. */
  readonly name: string;
  readonly args: readonly Term[];
  readonly key: Term | undefined;
  readonly value: Term | undefined;
  /** Whether the value was given with `:=`. */
  readonly assign: boolean;
  /** Whether `value` is a `true` that was not written. */
  readonly generatedValue: boolean;
  /** Whether the rule was written with `contains`. */
  readonly usesContains: boolean;
  /** Whether the rule was written with `if`. */
  readonly usesIf: boolean;
  readonly location: Location;
}

// Bodies

export type Body = readonly Expr[];

export type Expr = TermExpr | CallExpr | SomeExpr | SomeInExpr | EveryExpr | NotExpr | LogicalExpr;

interface ExprBase {
  readonly with: readonly With[];
  /** Negation as v0 and v1 have it. The other kinds of expressions are never negated so: see NotExpr. */
  readonly negated: boolean;
  /** Whether nobody wrote it. */
  readonly generated: boolean;
  readonly location: Location;
}

/** A term that must not be undefined or false. */
export interface TermExpr extends ExprBase {
  readonly type: "termExpr";
  readonly term: Term;
}

/** A call as a statement; also every operator, by the name of its builtin: `eq` for `=`, `assign` for `:=`, `plus`, `lt`, `internal.member_2`. */
export interface CallExpr extends ExprBase {
  readonly type: "callExpr";
  readonly operator: RefTerm;
  readonly args: readonly Term[];
}

/** `some x, y` */
export interface SomeExpr extends ExprBase {
  readonly type: "some";
  readonly vars: readonly VarTerm[];
}

/** `some x in xs`, `some k, v in xs`. Key and value are patterns: any term. */
export interface SomeInExpr extends ExprBase {
  readonly type: "someIn";
  readonly key: Term | undefined;
  readonly value: Term;
  readonly domain: Term;
}

/** `every v in xs { ... }`, `every k, v in xs { ... }` */
export interface EveryExpr extends ExprBase {
  readonly type: "every";
  readonly key: VarTerm | undefined;
  readonly value: VarTerm;
  readonly domain: Term;
  readonly body: Body;
}

/** `not` as v2 and `future.keywords.not` have it: true when the body has no solution. */
export interface NotExpr extends ExprBase {
  readonly type: "not";
  readonly body: Body;
  /** Whether the body was written in braces. */
  readonly explicitBody: boolean;
}

/** `x and y`, `{ ... } or { ... }` */
export interface LogicalExpr extends ExprBase {
  readonly type: "logical";
  readonly operator: "and" | "or";
  readonly left: Body;
  readonly right: Body;
  /** Whether the operand was written in braces. */
  readonly explicitLeft: boolean;
  readonly explicitRight: boolean;
}

export interface With {
  readonly type: "with";
  /** `input`, `data.x`, or the name of a function. */
  readonly target: RefTerm | VarTerm;
  readonly value: Term;
  readonly location: Location;
}

// Terms

export type Term =
  | NullTerm
  | BooleanTerm
  | NumberTerm
  | StringTerm
  | TemplateStringTerm
  | VarTerm
  | RefTerm
  | ArrayTerm
  | ObjectTerm
  | SetTerm
  | ArrayComprehension
  | SetComprehension
  | ObjectComprehension
  | CallTerm;

export type ScalarTerm = NullTerm | BooleanTerm | NumberTerm | StringTerm;

export interface NullTerm {
  readonly type: "null";
  readonly location: Location;
}

export interface BooleanTerm {
  readonly type: "boolean";
  readonly value: boolean;
  readonly location: Location;
}

export interface NumberTerm {
  readonly type: "number";
  /** As written: `1`, `-0.50`, `1e3`, `.5`. */
  readonly text: string;
  readonly location: Location;
}

export interface StringTerm {
  readonly type: "string";
  readonly value: string;
  readonly location: Location;
}

/** `$"a {x} b"`. An expression that is undefined gives `<undefined>`. */
export interface TemplateStringTerm {
  readonly type: "templateString";
  /** Literal text is a string term, never empty; other scalars are written between braces. */
  readonly parts: readonly (ScalarTerm | Expr)[];
  /** Whether it was written with backticks. */
  readonly multiLine: boolean;
  readonly location: Location;
}

export interface VarTerm {
  readonly type: "var";
  /** Each `_` has a name of its own, of `$` and a number: see isWildcard. */
  readonly name: string;
  readonly location: Location;
}

/** `head.a["b"][c]`. `input` and `data` alone are refs with an empty path. */
export interface RefTerm {
  readonly type: "ref";
  /** A variable, a call, a comprehension or a collection. */
  readonly head: Term;
  /** `.a` is a string term. */
  readonly path: readonly Term[];
  readonly location: Location;
}

export interface ArrayTerm {
  readonly type: "array";
  readonly items: readonly Term[];
  readonly location: Location;
}

export interface ObjectTerm {
  readonly type: "object";
  /** In source order; keys may repeat. Where two have one value, the entry that compareTerms orders last counts, or the last one written. */
  readonly entries: readonly ObjectEntry[];
  readonly location: Location;
}

export interface ObjectEntry {
  readonly key: Term;
  readonly value: Term;
}

export interface SetTerm {
  readonly type: "set";
  /** In source order, without repetitions. */
  readonly items: readonly Term[];
  readonly location: Location;
}

export interface ArrayComprehension {
  readonly type: "arrayComprehension";
  readonly term: Term;
  readonly body: Body;
  readonly location: Location;
}

export interface SetComprehension {
  readonly type: "setComprehension";
  readonly term: Term;
  readonly body: Body;
  readonly location: Location;
}

export interface ObjectComprehension {
  readonly type: "objectComprehension";
  readonly key: Term;
  readonly value: Term;
  readonly body: Body;
  readonly location: Location;
}

/** A call inside a term: `count(xs) + 1` is a call of `plus` with a call of `count`. */
export interface CallTerm {
  readonly type: "call";
  readonly operator: RefTerm;
  readonly args: readonly Term[];
  readonly location: Location;
}

// Annotations

export type AnnotationScope = "rule" | "document" | "package" | "subpackages";

/** A METADATA block. */
export interface Annotations {
  readonly type: "annotations";
  readonly scope: AnnotationScope;
  readonly title: string;
  readonly description: string;
  readonly entrypoint: boolean;
  readonly organizations: readonly string[];
  readonly relatedResources: readonly RelatedResource[];
  readonly authors: readonly Author[];
  readonly schemas: readonly SchemaAnnotation[];
  readonly custom: PlainObject | undefined;
  readonly labels: PlainObject | undefined;
  readonly compile: CompileAnnotation | undefined;
  /** Where the rule or package that it applies to starts. */
  readonly target: Location;
  /** The path of that rule or package: `data.p.q` of a package, `q` of a rule up to the first part that is not constant. */
  readonly targetPath: RefTerm;
  readonly location: Location;
  /** Where its last line is. */
  readonly endLocation: Location;
}

export interface RelatedResource {
  readonly ref: string;
  readonly description: string;
}

export interface Author {
  readonly name: string;
  readonly email: string;
}

/** `path` is checked against a schema that has a name (`schema.x`) or is given in place. */
export type SchemaAnnotation =
  | { readonly path: RefTerm; readonly schema: RefTerm }
  | { readonly path: RefTerm; readonly definition: Value };

export interface CompileAnnotation {
  readonly unknowns: readonly RefTerm[];
  readonly maskRule: Term | undefined;
}

export type Node = Module | Package | Import | Comment | Rule | Head | Expr | With | Term | Annotations;
