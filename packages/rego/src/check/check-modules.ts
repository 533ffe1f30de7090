import type { BuiltinDeclaration } from "../builtins/declaration.ts";
import type { Module, Rule } from "../syntax/ast.ts";
import type { RegoError } from "../syntax/error.ts";
import { sortStrings } from "../values/utf8.ts";
import type { Arity } from "./arity.ts";
import { hoistCalls } from "./call-terms.ts";
import { comprehensionTerms } from "./comprehension-terms.ts";
import { displayName } from "./display.ts";
import { DynamicHoister } from "./dynamic-terms.ts";
import { ERROR_LIMIT, ErrorList } from "./error-list.ts";
import { arityIn, isAlwaysDefined, ruleTree } from "./functions.ts";
import { bindHeadTerms, bindRefParts } from "./head-terms.ts";
import { NameSource, isGenerated, takenNames } from "./names.ts";
import { type NodeMap, bodyMap, builtinRef, isCallOf, isLeaf, mapExpr, mapItems, mapTerm, mapWith } from "./nodes.ts";
import { type CheckOptions, allCapabilities } from "./options.ts";
import { PrintRewriter, withoutPrints } from "./print-calls.ts";
import { renameRules } from "./rename-rules.ts";
import { globalsOf, resolveRule } from "./resolve-refs.ts";
import { type CheckedRule, type GrowingNode, type TreeNode, growPath, treeRoot } from "./rule-tree.ts";
import { unsafeErrors, unsafeVar } from "./safety/errors.ts";
import { orderBody } from "./safety/reorder.ts";
import { RuleScopes } from "./safety/rule-scopes.ts";
import { TemplateRewriter, holdsTemplate } from "./template-strings.ts";
import { ROOTS, SAFETY, varsOfBody, varsOfTerm } from "./vars.ts";
import { WithRewriter } from "./with-modifiers.ts";
import { type WorkModule, type WorkRule, allRules, refOfRule, rulesOf, workModules } from "./work.ts";
import { headVars } from "./head-vars.ts";

/** A tree of the rules by the constant parts of what they define. */
export type RuleNode = TreeNode<CheckedRule>;

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
  compiler.compile();
  return {
    errors: compiler.errors.sorted(),
    rules: checkedTree(compiler.modules),
    written: compiler.written,
    compiler,
  };
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
  tree: GrowingNode<WorkRule>;
  arity: Arity;

  constructor(modules: readonly Module[], options: CheckOptions) {
    this.options = options;
    this.errors = new ErrorList(options.errorLimit ?? ERROR_LIMIT);
    this.modules = workModules(modules);
    const { builtins } = options.capabilities ?? allCapabilities;
    this.builtins = new Map(builtins.map((builtin) => [builtin.name, builtin]));
    this.names = new NameSource("", takenNames(modules));
    this.tree = treeRoot<WorkRule>();
    this.arity = arityIn(this.builtins, this.tree);
  }

  compile(): void {
    const stages: readonly (() => void)[] = [
      () => this.#resolve(),
      () => this.#bindRefParts(),
      () => this.#growTree(),
      () => this.#rename(),
      () => this.#rewriteTemplates(),
      () => this.#rewritePrints(),
      () => this.#eachRule((rule) => hoistCalls(rule, this.names)),
      () => this.#map(comprehensionTerms(this.names)),
      () => this.#eachRule((rule) => bindHeadTerms(rule, this.names)),
      () => this.#rewriteWiths(),
      () => this.#checkHeads(),
      () => this.#orderBodies(),
      () => this.#map(equals),
      () => this.#hoistDynamics(),
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
      for (const rule of rulesOf(module)) {
        const message = resolveRule(rule, globals);
        if (message !== undefined) {
          this.errors.add({ code: "rego_compile_error", message, location: rule.source.location });
        }
      }
    }
  }

  #bindRefParts(): void {
    for (const module of this.modules) for (const rule of module.rules) bindRefParts(rule, this.names);
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
    const { features } = this.options.capabilities ?? allCapabilities;
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
        if (rewriter.error !== undefined) this.errors.add(rewriter.error);
        return rewritten;
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

/** `==` between two operands is `=` where its value is not asked for. */
const equals: NodeMap = {
  term: (term) => (isLeaf(term) ? term : mapTerm(term, equals)),
  body: (body) =>
    mapItems(body, (expr) => {
      const unified =
        isCallOf(expr, "equal") && expr.args.length === 2
          ? { ...expr, operator: builtinRef("eq", expr.operator.location) }
          : expr;
      return mapExpr(unified, equals);
    }),
  with: (modifier) => mapWith(modifier, equals.term),
  part: (expr) => expr,
};

/** Applies a map to the body, key, value and arguments of a rule. */
function mapRule(rule: WorkRule, map: NodeMap): void {
  const { head } = rule;
  const args = mapItems(head.args, map.term);
  const key = head.key && map.term(head.key);
  const value = head.value && map.term(head.value);
  if (args !== head.args || key !== head.key || value !== head.value) rule.head = { ...head, args, key, value };
  rule.body = map.body(rule.body);
}

function partName(part: { readonly type: string; readonly value?: unknown }): unknown {
  return part.value;
}

function checkedTree(modules: readonly WorkModule[]): RuleNode {
  const root = treeRoot<CheckedRule>();
  for (const module of modules) {
    if (module.rules.length === 0) growPath(root, module.source.package.path.path);
    for (const rule of module.rules) {
      const { path } = refOfRule(rule);
      growPath(root, path).rules.push({ path, rule: finished(rule), module: module.source });
    }
  }
  return root;
}

function finished(rule: WorkRule): Rule {
  const chain: WorkRule[] = [];
  for (let link: WorkRule | undefined = rule; link !== undefined; link = link.else) chain.push(link);
  let next: Rule | undefined;
  for (const { source, head, body } of chain.toReversed()) next = { ...source, head, body, else: next };
  return next ?? rule.source;
}
