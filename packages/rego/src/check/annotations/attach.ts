import type { AnnotationScope, Annotations, Import, Package, RefTerm, Rule } from "../../syntax/ast.ts";
import type { RegoError } from "../../syntax/error.ts";
import { type WorkModule, type WorkRule, groundPrefix, refOfRule } from "../work.ts";
import { readMetadata } from "./metadata.ts";

/** A METADATA block with what it stands above. */
export interface Attached {
  readonly annotations: Annotations;
  readonly module: WorkModule;
  /** Undefined where it is about the package. */
  readonly rule: WorkRule | undefined;
}

export interface AttachedBlocks {
  readonly attached: readonly Attached[];
  readonly errors: readonly RegoError[];
}

type Statement = { readonly statement: Package | Import } | { readonly statement: Rule; readonly rule: WorkRule };

/** Reads the METADATA of a module and finds what each block is about: the statement below it. */
export function attachMetadata(module: WorkModule): AttachedBlocks {
  const { blocks, errors } = readMetadata(module.source.comments);
  if (errors.length > 0) return { attached: [], errors };
  const statements = statementsOf(module);
  const faults: RegoError[] = [];
  const attached: Attached[] = [];
  for (const block of blocks) {
    const below = statements.find(({ statement }) => statement.location.row > block.location.row);
    const scope = block.scope === "" ? defaultScope(below?.statement, block.entrypoint) : block.scope;
    const fault = faultOf(scope, below?.statement.type);
    if (fault !== undefined) faults.push({ code: "rego_parse_error", message: fault, location: block.location });
    if (block.entrypoint && scope !== "document" && scope !== "package") {
      const message = `annotation entrypoint applied to non-document or package scope '${scope}'`;
      faults.push({ code: "rego_parse_error", message, location: block.location });
    }
    if (below === undefined || !isScope(scope)) continue;
    const rule = "rule" in below ? below.rule : undefined;
    const targetPath = rule === undefined ? module.source.package.path : targetOf(rule);
    const annotations: Annotations = { ...block, scope, target: below.statement.location, targetPath };
    attached.push({ annotations, module, rule });
  }
  return { attached: faults.length > 0 ? [] : attached, errors: faults };
}

/** The path of what a rule defines up to the first part that is no constant. */
export function targetOf(rule: WorkRule): RefTerm {
  return groundPrefix(refOfRule(rule));
}

function statementsOf({ source, rules }: WorkModule): readonly Statement[] {
  const statements: Statement[] = [
    { statement: source.package },
    ...source.imports.map((statement) => ({ statement })),
    ...rules.map((rule) => ({ statement: rule.source, rule })),
  ];
  return statements.sort((a, b) => a.statement.location.row - b.statement.location.row);
}

function defaultScope(statement: Package | Import | Rule | undefined, entrypoint: boolean): string {
  switch (statement?.type) {
    case "rule":
      return entrypoint ? "document" : "rule";
    case "package":
    case "import":
      return statement.type;
    case undefined:
      return "";
  }
}

function isScope(scope: string): scope is AnnotationScope {
  return scope === "rule" || scope === "document" || scope === "package" || scope === "subpackages";
}

function faultOf(scope: string, below: string | undefined): string | undefined {
  if (!isScope(scope)) {
    return `invalid annotation scope '${scope}'. Use one of 'rule', 'document', 'package', or 'subpackages'`;
  }
  const wanted = scope === "rule" || scope === "document" ? "rule" : "package";
  if (below === wanted) return undefined;
  return `annotation scope '${scope}' must be applied to ${wanted}${below === undefined ? "" : ` (have ${below})`}`;
}
