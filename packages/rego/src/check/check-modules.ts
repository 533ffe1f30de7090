import type { BuiltinDeclaration } from "../builtins/declaration.ts";
import type { CallExpr, Expr, Import, Module, RefTerm, Term } from "../syntax/ast.ts";
import { formatImport, formatTerm } from "../syntax/print-term.ts";
import { deprecatedCalls, undefinedFunctions, unsafeCalls, voidCalls } from "./called-functions.ts";
import { dataConflicts, packageConflicts, ruleConflicts } from "./conflicts.ts";
import { recursionErrors } from "./graph/recursion.ts";
import { RuleGraph } from "./graph/rule-graph.ts";
import { RuleLookup } from "./graph/rule-lookup.ts";
import { assignedRoots, repeatedImports, shadowedRoots } from "./language-rules.ts";
import { TypeChecker, rootEnv } from "./types/type-checker.ts";
import type { TypeEnv } from "./types/type-env.ts";
import type { RegoError } from "../syntax/error.ts";
import { sortStrings } from "../values/utf8.ts";
import type { Arity } from "./arity.ts";
import { AnnotationSet } from "./annotations/annotation-set.ts";
import { type Attached, attachMetadata } from "./annotations/attach.ts";
import { inlineMetadata, metadataCalls } from "./annotations/metadata-calls.ts";
import type { Value } from "../values/value.ts";
import { SchemaTypes } from "./types/schema-set.ts";
import type { DeclaredSchema } from "./types/schema-types.ts";
import { hoistCalls } from "./call-terms.ts";
import { type RuleNode, checkedTree } from "./checked-tree.ts";
import { comprehensionTerms } from "./comprehension-terms.ts";
import { displayName, formatSubject } from "./display.ts";
import { DynamicHoister } from "./dynamic-terms.ts";
import { equals } from "./equals.ts";
import { ERROR_LIMIT, ErrorList, tooDeep } from "./error-list.ts";
import { arityIn, isAlwaysDefined, ruleTree } from "./functions.ts";
import { bindHeadTerms, bindRefParts } from "./head-terms.ts";
import { withHints } from "./hints.ts";
import { knownNames } from "./known-names.ts";
import { NameSource, isGenerated, takenNames } from "./names.ts";
import { type NodeMap, bodyMap } from "./nodes.ts";
import { type Capabilities, type CheckOptions, allCapabilities } from "./options.ts";
import { PrintRewriter, withoutPrints } from "./print-calls.ts";
import { renameRules } from "./rename-rules.ts";
import { globalsOf, importName, isLanguageImport, resolveRule } from "./resolve-refs.ts";
import { type GrowingNode, treeRoot } from "./rule-tree.ts";
import { unsafeErrors, unsafeVar } from "./safety/errors.ts";
import { orderBody } from "./safety/reorder.ts";
import { RuleScopes } from "./safety/rule-scopes.ts";
import { TemplateRewriter, holdsTemplate } from "./template-strings.ts";
import { ROOTS, SAFETY, varsOfBody, varsOfTerm } from "./vars.ts";
import { WithRewriter } from "./with-modifiers.ts";
import {
  type WorkModule,
  type WorkRule,
  allRules,
  mapRule,
  groundPrefix,
  isMultiValue,
  refOfRule,
  rulesOf,
  workModules,
} from "./work.ts";
import { headVars } from "./head-vars.ts";

/** Modules ready for evaluation, unless they have errors. */
export interface CheckedModules {
  /** In OPA's order. The rest is of use only where there are none. */
  readonly errors: readonly RegoError[];
  readonly rules: RuleNode;
  /** What variables that were renamed are called in the modules. */
  readonly written: ReadonlyMap<string, string>;
  /** For `checkQuery`. */
  readonly compiler: ModuleCompiler;
}

/**
 * Does all that OPA does between parsing and evaluation: resolves names, rewrites what is short for something else, orders
 * bodies, and reports what is wrong. Never throws for what is in a module.
 */
export function checkModules(modules: readonly Module[], options: CheckOptions = {}): CheckedModules {
  const compiler = new ModuleCompiler(modules, options);
  const depthError = tooDeep(() => compiler.compile());
  if (depthError !== undefined) compiler.errors.add(depthError);
  return {
    errors: withHints(compiler.errors.sorted(), () => knownNames(modules, compiler.builtins)),
    rules: checkedTree(compiler.modules),
    written: compiler.written,
    compiler,
  };
}

/** What is looked up of builtins. */
interface BuiltinTables {
  readonly byName: ReadonlyMap<string, BuiltinDeclaration>;
  readonly deprecated: ReadonlySet<string>;
}

/** Made once for each list of builtins, since most programs have the same. */
const builtinTables = new WeakMap<readonly BuiltinDeclaration[], BuiltinTables>();

function tablesOf(builtins: readonly BuiltinDeclaration[]): BuiltinTables {
  let tables = builtinTables.get(builtins);
  if (tables === undefined) {
    tables = {
      byName: new Map(builtins.map((builtin) => [builtin.name, builtin])),
      deprecated: new Set(builtins.filter(({ deprecated }) => deprecated === true).map(({ name }) => name)),
    };
    builtinTables.set(builtins, tables);
  }
  return tables;
}

/** The stages, in OPA's order. Each goes over all modules before the next starts, unless one has found something wrong. */
export class ModuleCompiler {
  readonly options: CheckOptions;
  readonly errors: ErrorList;
  readonly modules: readonly WorkModule[];
  readonly builtins: ReadonlyMap<string, BuiltinDeclaration>;
  readonly names: NameSource;
  /** What each renamed variable was written as. */
  readonly written: Map<string, string> = new Map<string, string>();
  readonly capabilities: Capabilities;
  readonly deprecated: ReadonlySet<string>;
  readonly schemas: SchemaTypes;
  tree: GrowingNode<WorkRule>;
  arity: Arity;
  /** The types of builtins, and in the end of rules. */
  env: TypeEnv;
  annotations: AnnotationSet | undefined;
  lookup: RuleLookup | undefined;
  graph: RuleGraph | undefined;
  readonly #unusedImports: Import[] = [];
  #callsDeprecated = false;

  constructor(modules: readonly Module[], options: CheckOptions) {
    this.options = options;
    this.errors = new ErrorList(options.errorLimit ?? ERROR_LIMIT);
    this.modules = workModules(modules);
    this.capabilities = options.capabilities ?? allCapabilities;
    const { builtins } = this.capabilities;
    ({ byName: this.builtins, deprecated: this.deprecated } = tablesOf(builtins));
    this.names = new NameSource("", takenNames(modules));
    this.tree = treeRoot<WorkRule>();
    this.arity = arityIn(this.builtins, this.tree);
    this.schemas = new SchemaTypes(options.schemas ?? new Map<string, Value>());
    const input = this.schemas.inputType();
    if (typeof input === "string") this.errors.add({ code: "rego_type_error", message: input, location: undefined });
    this.env = rootEnv(builtins, typeof input === "string" ? undefined : input);
  }

  compile(): void {
    const stages: readonly (() => void)[] = [
      () => this.#resolve(),
      () => this.#checkUnusedImports(),
      () => this.#bindRefParts(),
      () => this.#checkRoots(),
      () => this.#checkImports(),
      () => this.#growTree(),
      () => this.#rename(),
      () => this.#rewriteTemplates(),
      () => this.#checkVoidCalls(),
      () => this.#rewritePrints(),
      () => this.#eachRule((rule) => hoistCalls(rule, this.names)),
      () => this.#inlineMetadata(),
      () => this.#growGraph(),
      () => this.#map(comprehensionTerms(this.names)),
      () => this.#eachRule((rule) => bindHeadTerms(rule, this.names)),
      () => this.#rewriteWiths(),
      () => this.#checkConflicts(),
      () => this.#checkFunctions(),
      () => this.#checkHeads(),
      () => this.#orderBodies(),
      () => this.#map(equals),
      () => this.#hoistDynamics(),
      () => this.#checkRecursion(),
      () => this.#checkTypes(),
      () => this.#checkBuiltins(),
    ];
    for (const stage of stages) {
      stage();
      if (this.errors.stopped) return;
    }
  }

  shown(name: string): string {
    return displayName(this.written.get(name) ?? name);
  }

  #eachRule(change: (rule: WorkRule) => void): void {
    for (const rule of allRules(this.modules)) change(rule);
  }

  #map(map: NodeMap): void {
    this.#eachRule((rule) => mapRule(rule, map));
  }

  #resolve(): void {
    const exports = new Map<string, Set<string>>();
    const keyOf = ({ source }: WorkModule): string => JSON.stringify(source.package.path.path.map(partName));
    for (const module of this.modules) {
      const key = keyOf(module);
      const names = exports.get(key) ?? new Set<string>();
      exports.set(key, names);
      for (const { head } of module.rules) if (head.ref.head.type === "var") names.add(head.ref.head.name);
    }
    for (const module of this.modules) {
      const globals = globalsOf(module.source.package, exports.get(keyOf(module)) ?? [], module.source.imports);
      for (const first of module.rules) {
        for (let rule: WorkRule | undefined = first; rule !== undefined; rule = rule.else) {
          const message = resolveRule(rule, globals);
          if (message === undefined) continue;
          this.errors.add({ code: "rego_compile_error", message, location: rule.source.location });
          break;
        }
      }
      if (this.options.strict !== true) continue;
      for (const directive of module.source.imports) {
        if (isLanguageImport(directive)) continue;
        if (globals.get(importName(directive))?.used === false) this.#unusedImports.push(directive);
      }
    }
  }

  /** What cannot be used for a name is not told from one that nothing uses. */
  #checkUnusedImports(): void {
    for (const directive of this.#unusedImports) {
      const message = `${formatImport(directive)} unused`;
      this.errors.addRecoverable({ code: "rego_compile_error", message, location: directive.location });
    }
  }

  #isStrictOrV1({ source }: WorkModule): boolean {
    return this.options.strict === true || source.version.max !== "v0";
  }

  #checkRoots(): void {
    for (const module of this.modules) {
      if (!this.#isStrictOrV1(module)) continue;
      this.errors.addRecoverable(...shadowedRoots(module), ...assignedRoots(partsOf(module)));
    }
  }

  #checkImports(): void {
    const repeated: RegoError[] = [];
    for (const module of this.modules) {
      const { imports } = module.source;
      for (const directive of imports) {
        const fault = this.#unsupportedImport(directive);
        if (fault !== undefined) this.errors.addRecoverable(fault);
      }
      if (this.#isStrictOrV1(module)) repeated.push(...repeatedImports(imports));
    }
    this.errors.addRecoverable(...repeated);
  }

  #unsupportedImport({ path, location }: Import): RegoError | undefined {
    const name = formatTerm(path);
    if (name !== "rego.v1" && name !== "rego.v2") return undefined;
    const { features } = this.capabilities;
    const enabling = name === "rego.v1" ? ["rego_v1_import", "rego_v1", "rego_v2"] : ["rego_v2_import", "rego_v2"];
    if (enabling.some((feature) => features.includes(feature))) return undefined;
    return { code: "rego_compile_error", message: `${name} import is not supported`, location };
  }

  #bindRefParts(): void {
    for (const module of this.modules) {
      for (const rule of module.rules) {
        const fault = this.#unsupportedHead(rule);
        if (fault === undefined) bindRefParts(rule, this.names);
        else this.errors.add(fault);
      }
    }
  }

  /** Older languages lack paths, or variables in them, as the names of rules. */
  #unsupportedHead({ head, source }: WorkRule): RegoError | undefined {
    const { features } = this.capabilities;
    if (features.includes("rego_v1") || features.includes("rego_v2") || features.includes("rule_head_refs")) {
      return undefined;
    }
    const name = formatTerm(head.ref);
    const { location } = source;
    if (head.name === "" && !features.includes("rule_head_ref_string_prefixes")) {
      return { code: "rego_compile_error", message: `rule heads with refs are not supported: ${name}`, location };
    }
    const { path } = head.ref;
    const isGeneral = path.some(
      ({ type }, index) => type !== "string" && (isMultiValue(head) || index < path.length - 1),
    );
    const message = `rule heads with general refs (containing variables) are not supported: ${name}`;
    return isGeneral ? { code: "rego_type_error", message, location } : undefined;
  }

  #growTree(): void {
    this.tree = ruleTree(this.modules);
    this.arity = arityIn(this.builtins, this.tree);
  }

  #rename(): void {
    renameRules(this.modules, {
      names: this.names,
      strict: this.options.strict === true,
      builtins: this.builtins,
      written: this.written,
      errors: this.errors,
    });
  }

  #rewriteTemplates(): void {
    this.#eachRule((rule) => {
      if (!holdsTemplate(rule)) return;
      const rewriter = this.templateRewriter(rule.module.source.version.min);
      const known = new Set(ROOTS);
      for (const arg of rule.head.args) varsOfTerm(arg, {}, known);
      const { body, safe } = rewriter.body(rule.body, known);
      const { head } = rule;
      rule.body = body;
      rule.head = {
        ...head,
        args: head.args.map((arg) => rewriter.term(arg, safe)),
        key: head.key && rewriter.term(head.key, safe),
        value: head.value && rewriter.term(head.value, safe),
      };
      this.errors.add(...rewriter.errors);
    });
  }

  templateRewriter(version: Module["version"]["min"], names: NameSource = this.names): TemplateRewriter {
    const { features } = this.capabilities;
    const hasFeature = version === "v2" || (version === "v1" && features.includes("template_strings"));
    return new TemplateRewriter({
      names,
      arity: this.arity,
      supported: hasFeature && this.builtins.has("internal.template_string"),
      isRelation: (operator) => this.builtins.get(operator)?.relation === true,
      isAlwaysDefined: (ref) => isAlwaysDefined(ref, this.tree),
      written: (name) => this.shown(name),
    });
  }

  #checkVoidCalls(): void {
    for (const module of this.modules) this.errors.add(...voidCalls(partsOf(module), this.env));
  }

  #rewritePrints(): void {
    if (this.options.enablePrint !== true) {
      this.#map(withoutPrints);
      return;
    }
    this.#eachRule((rule) => {
      const rewriter = new PrintRewriter({
        names: this.names,
        arity: this.arity,
        written: (name) => this.shown(name),
      });
      const known = new Set(ROOTS);
      for (const arg of rule.head.args) varsOfTerm(arg, {}, known);
      const { head } = rule;
      rule.head = {
        ...head,
        key: head.key && rewriter.term(head.key, known),
        value: head.value && rewriter.term(head.value, known),
      };
      rule.body = rewriter.body(rule.body, known);
      this.errors.add(...rewriter.errors);
    });
  }

  #rewriteWiths(): void {
    this.#eachRule((rule) => {
      const rewriter = this.withRewriter(this.names);
      const body = bodyMap((inner) => {
        const rewritten = rewriter.body(inner);
        if (rewriter.error === undefined) return rewritten;
        this.errors.add(rewriter.error);
        return [];
      });
      mapRule(rule, body);
    });
  }

  withRewriter(names: NameSource): WithRewriter {
    return new WithRewriter({
      names,
      builtins: this.builtins,
      unsafeBuiltins: this.options.unsafeBuiltins ?? new Set<string>(),
      tree: this.tree,
    });
  }

  /** METADATA is read where something asks for it: a schema, or a function that gives it. */
  #inlineMetadata(): void {
    const wantsSchemas = this.options.schemas !== undefined;
    const calls = new Map([...allRules(this.modules)].map((rule) => [rule, metadataCalls(rule)]));
    const asks = [...calls.values()].some(({ chain, rule }) => chain !== undefined || rule !== undefined);
    if (!asks && !wantsSchemas) return;
    const attached: Attached[] = [];
    for (const module of this.modules) {
      const blocks = attachMetadata(module);
      if (!this.errors.add(...blocks.errors)) return;
      attached.push(...blocks.attached);
    }
    this.annotations = new AnnotationSet(attached);
    this.errors.add(...this.annotations.errors);
    const isAllowed = (call: CallExpr | undefined, name: string): CallExpr | undefined =>
      this.builtins.has(name) ? call : undefined;
    for (const [rule, found] of calls) {
      const chain = isAllowed(found.chain, "rego.metadata.chain");
      const own = isAllowed(found.rule, "rego.metadata.rule");
      if (chain === undefined && own === undefined) continue;
      inlineMetadata(rule, { chain, rule: own }, this.annotations, this.names);
    }
  }

  #growGraph(): void {
    this.lookup = new RuleLookup(this.tree);
    this.graph = new RuleGraph(this.modules, this.lookup, this.builtins);
  }

  #checkConflicts(): void {
    this.errors.add(...ruleConflicts(this.tree, this.written));
    const { pathExists } = this.options;
    if (pathExists !== undefined) this.errors.add(...dataConflicts(this.tree, pathExists));
    this.errors.add(...packageConflicts(this.modules));
  }

  #checkFunctions(): void {
    for (const module of this.modules) {
      this.errors.add(...undefinedFunctions(partsOf(module), this.env, this.arity, this.written));
    }
  }

  #checkRecursion(): void {
    const { graph, builtins, written } = this;
    if (graph === undefined) return;
    // Each shows its whole way around, so that none is made that nobody sees.
    for (const error of recursionErrors(this.tree, { graph, builtins, written })) if (!this.errors.add(error)) return;
  }

  #checkTypes(): void {
    const checker = this.typeChecker((ref) => formatSubject(ref, this.names.subjects, this.written));
    const { env, errors } = checker.rules(this.env, this.graph?.sorted() ?? []);
    this.env = env;
    this.errors.addRecoverable(...errors);
    for (const name of this.deprecated) if (checker.called.has(name)) this.#callsDeprecated = true;
  }

  typeChecker(shown: (ref: RefTerm) => RefTerm): TypeChecker {
    return new TypeChecker({
      builtins: this.builtins,
      shown,
      dependents: (ref) => this.dependents(ref),
      schemas: (rule) => this.#schemasOf(rule),
    });
  }

  #schemasOf(rule: WorkRule): readonly (DeclaredSchema | RegoError)[] {
    if (this.options.schemas === undefined) return [];
    const annotations = this.annotations?.all(rule) ?? [];
    return annotations
      .flatMap(({ schemas }) => schemas)
      .flatMap((annotation): readonly (DeclaredSchema | RegoError)[] => {
        // Without any named schemas, names of some mean nothing.
        if ("schema" in annotation && this.options.schemas?.size === 0) return [];
        const type = this.schemas.typeOf(annotation);
        if (typeof type === "string") {
          return [{ code: "rego_type_error", message: type, location: rule.source.location }];
        }
        return [{ path: annotation.path, type }];
      });
  }

  /** The paths of the rules that a reference can lead to, and of those that depend on them. */
  dependents(ref: RefTerm): readonly RefTerm[] {
    const { graph, lookup } = this;
    if (graph === undefined || lookup === undefined) return [];
    return [...graph.withDependents(lookup.rules(ref))].map((rule) => groundPrefix(refOfRule(rule)));
  }

  #checkBuiltins(): void {
    const { unsafeBuiltins } = this.options;
    for (const module of this.modules) {
      const exprs = [...partsOf(module)];
      if (unsafeBuiltins !== undefined) this.errors.addRecoverable(...unsafeCalls(exprs, unsafeBuiltins));
      if (!this.#callsDeprecated || !this.#isStrictOrV1(module)) continue;
      this.errors.addRecoverable(...deprecatedCalls(exprs, this.deprecated));
    }
  }

  /** What a head uses has to be in its body. */
  #checkHeads(): void {
    for (const module of this.modules) {
      const scopes = new RuleScopes(module);
      for (const rule of rulesOf(module)) {
        const vars = headVars(rule.head);
        if (vars.size === 0) continue;
        const known = varsOfBody(rule.body, SAFETY);
        for (const arg of rule.head.args) varsOfTerm(arg, {}, known);
        for (const name of sortStrings([...vars.keys()])) {
          const written = this.written.get(name) ?? name;
          if (known.has(name) || isGenerated(written)) continue;
          this.errors.add(unsafeVar(written, vars.get(name), scopes.of(rule)));
        }
      }
    }
  }

  #orderBodies(): void {
    for (const module of this.modules) {
      const scopes = new RuleScopes(module);
      for (const rule of rulesOf(module)) {
        const known = new Set(ROOTS);
        for (const arg of rule.head.args) varsOfTerm(arg, {}, known);
        const { body, unsafe } = orderBody(rule.body, known, this.arity);
        const errors = unsafeErrors(unsafe, this.written, scopes.of(rule));
        if (errors.length > 0) this.errors.add(...errors);
        else rule.body = body;
      }
    }
  }

  #hoistDynamics(): void {
    const hoister = new DynamicHoister(this.names);
    this.#eachRule((rule) => {
      rule.body = hoister.body(rule.body);
    });
  }
}

/** The terms of heads and the expressions of bodies of a module. */
function* partsOf(module: WorkModule): Generator<Term | Expr> {
  for (const { head, body } of rulesOf(module)) {
    yield* head.args;
    if (head.key !== undefined) yield head.key;
    if (head.value !== undefined) yield head.value;
    yield* body;
  }
}

function partName(part: { readonly type: string; readonly value?: unknown }): unknown {
  return part.value;
}
