import type { Body, Expr, Import, Package } from "../syntax/ast.ts";
import type { RegoError } from "../syntax/error.ts";
import { walkTerms } from "../syntax/walk.ts";
import { hoistCallsInBody } from "./call-terms.ts";
import { deprecatedCalls, undefinedFunctions, unsafeCalls, voidCalls } from "./called-functions.ts";
import type { CheckedModules, ModuleCompiler } from "./check-modules.ts";
import { knownNames } from "./known-names.ts";
import { comprehensionTerms } from "./comprehension-terms.ts";
import { DynamicHoister } from "./dynamic-terms.ts";
import { displayName, formatSubject } from "./display.ts";
import { ERROR_LIMIT, limited, tooDeep } from "./error-list.ts";
import { withHints } from "./hints.ts";
import { NameSource } from "./names.ts";
import { bodyMap } from "./nodes.ts";
import { PrintRewriter, withoutPrints } from "./print-calls.ts";
import { assignedRoots } from "./language-rules.ts";
import { LocalRenamer } from "./rename-locals.ts";
import { globalsOf, resolveBody } from "./resolve-refs.ts";
import { unsafeErrors } from "./safety/errors.ts";
import { orderBody } from "./safety/reorder.ts";
import { Scopes } from "./scopes.ts";
import { ROOTS } from "./vars.ts";

export interface QueryOptions {
  /** Whether `print` is kept. */
  readonly enablePrint?: boolean;
  /** The package whose rules the query can call by their names. */
  readonly package?: Package;
  readonly imports?: readonly Import[];
}

/** A query ready for evaluation, unless it has errors. */
export interface CheckedQuery {
  readonly errors: readonly RegoError[];
  readonly body: Body;
  /** What variables that were renamed are called in the query. */
  readonly written: ReadonlyMap<string, string>;
}

/** Does for a query what `checkModules` does for modules, in OPA's order of stages. `==` stays what it is. */
export function checkQuery(checked: CheckedModules, query: Body, options: QueryOptions = {}): CheckedQuery {
  const compiler = new QueryCompiler(checked.compiler, options);
  let result: { readonly body: Body; readonly errors: readonly RegoError[] } = { body: query, errors: [] };
  const depthError = tooDeep(() => {
    result = compiler.compile(query);
  });
  const errors = depthError === undefined ? result.errors : [depthError];
  const hinted = withHints(errors, () => {
    const modules = checked.compiler.modules.map(({ source }) => source);
    return knownNames(modules, checked.compiler.builtins);
  });
  return { errors: hinted, body: result.body, written: compiler.written };
}

type Stage = (body: Body) => Body | { readonly errors: readonly RegoError[] };

class QueryCompiler {
  readonly written: Map<string, string> = new Map<string, string>();
  readonly #modules: ModuleCompiler;
  readonly #options: QueryOptions;
  #names: NameSource = new NameSource("q", new Set<string>());

  constructor(modules: ModuleCompiler, options: QueryOptions) {
    this.#modules = modules;
    this.#options = options;
  }

  compile(query: Body): { readonly body: Body; readonly errors: readonly RegoError[] } {
    const limit = this.#modules.options.errorLimit ?? ERROR_LIMIT;
    const [first] = query;
    if (first === undefined) {
      const message = "empty query cannot be compiled";
      return { body: query, errors: [{ code: "rego_compile_error", message, location: undefined }] };
    }
    this.#names = new NameSource("q", takenIn(query));
    let body = query;
    for (const stage of this.#stages()) {
      const result = stage(body);
      if ("errors" in result) {
        if (result.errors.length > 0) return { body: query, errors: limited(result.errors, limit) };
      } else {
        body = result;
      }
    }
    return { body, errors: [] };
  }

  #stages(): readonly Stage[] {
    const names = this.#names;
    const { arity, env, options } = this.#modules;
    const strict = options.strict === true;
    return [
      (body) => ({ errors: strict ? assignedRoots(body) : [] }),
      (body) => this.#resolve(body),
      (body) => this.#rename(body),
      (body) => {
        const rewriter = this.#modules.templateRewriter("v1", names);
        const rewritten = rewriter.body(body, ROOTS);
        return rewriter.errors.length > 0 ? rewriter : rewritten.body;
      },
      (body) => ({ errors: voidCalls(body, env) }),
      (body) => this.#rewritePrints(body),
      (body) => hoistCallsInBody(body, names),
      (body) => comprehensionTerms(names).body(body),
      (body) => this.#rewriteWiths(body),
      (body) => ({ errors: undefinedFunctions(body, env, arity, this.written) }),
      (body) => {
        const ordered = orderBody(body, ROOTS, arity);
        const errors = unsafeErrors(ordered.unsafe, this.written, "");
        return errors.length > 0 ? { errors } : ordered.body;
      },
      (body) => new DynamicHoister(names).body(body),
      (body) => ({ errors: this.#checkTypes(body) }),
      (body) => ({ errors: unsafeCalls(body, options.unsafeBuiltins ?? new Set<string>()) }),
      (body) => ({ errors: strict ? deprecatedCalls(body, this.#modules.deprecated) : [] }),
    ];
  }

  #checkTypes(body: Body): readonly RegoError[] {
    const written = new Map([...this.#modules.written, ...this.written]);
    const checker = this.#modules.typeChecker((ref) => formatSubject(ref, this.#names.subjects, written));
    return checker.body(this.#modules.env, body).errors;
  }

  #resolve(body: Body): Body {
    const { package: pkg, imports = [] } = this.#options;
    const [first] = body;
    if (first === undefined || (pkg === undefined && imports.length === 0)) return body;
    return resolveBody(body, globalsOf(pkg ?? emptyPackage(first), this.#ruleNames(pkg), imports));
  }

  #ruleNames(pkg: Package | undefined): readonly string[] {
    if (pkg === undefined) return [];
    const path = JSON.stringify(pathOf(pkg));
    return this.#modules.modules
      .filter(({ source }) => JSON.stringify(pathOf(source.package)) === path)
      .flatMap(({ rules }) => rules.flatMap(({ head: { ref } }) => (ref.head.type === "var" ? [ref.head.name] : [])));
  }

  #rename(body: Body): Body | { readonly errors: readonly RegoError[] } {
    const scopes = new Scopes();
    const renamer = new LocalRenamer(this.#names, scopes, this.#modules.options.strict === true);
    const renamed = renamer.body(body, new Set<string>());
    for (const [name, original] of scopes.written) this.written.set(name, original);
    const errors = [...renamer.errors, ...renamer.unused];
    return errors.length > 0 ? { errors } : renamed;
  }

  #rewritePrints(body: Body): Body | { readonly errors: readonly RegoError[] } {
    if (this.#options.enablePrint !== true) return withoutPrints.body(body);
    const rewriter = new PrintRewriter({
      names: this.#names,
      arity: this.#modules.arity,
      written: (name) => displayName(this.written.get(name) ?? name),
    });
    const rewritten = rewriter.body(body, ROOTS);
    return rewriter.errors.length > 0 ? rewriter : rewritten;
  }

  #rewriteWiths(body: Body): Body | { readonly errors: readonly RegoError[] } {
    const rewriter = this.#modules.withRewriter(this.#names);
    const rewritten = bodyMap((inner) => rewriter.body(inner)).body(body);
    return rewriter.error === undefined ? rewritten : { errors: [rewriter.error] };
  }
}

function takenIn(query: Body): ReadonlySet<string> {
  const names = new Set<string>();
  for (const expr of query) {
    walkTerms(expr, (term) => {
      if (term.type === "var") names.add(term.name);
      return true;
    });
  }
  return names;
}

function pathOf({ path: { path } }: Package): readonly unknown[] {
  return path.map((part) => (part.type === "string" ? part.value : part));
}

function emptyPackage({ location }: Expr): Package {
  const head = { type: "var", name: "", location } as const;
  return { type: "package", path: { type: "ref", head, path: [], location }, location };
}
