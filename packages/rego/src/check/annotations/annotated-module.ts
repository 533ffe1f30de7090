import type { Annotations, Module } from "../../syntax/ast.ts";
import { compareTerms } from "../../syntax/compare-terms.ts";
import type { RegoError } from "../../syntax/error.ts";
import { workModules } from "../work.ts";
import { attachMetadata, targetOf } from "./attach.ts";

/** A module with its METADATA: all blocks, and with each rule those that are about it. The errors are of blocks that cannot be read. */
export function annotatedModule(module: Module): { readonly module: Module; readonly errors: readonly RegoError[] } {
  const [work] = workModules([module]);
  if (work === undefined) return { module, errors: [] };
  const { attached, errors } = attachMetadata(work);
  if (attached.length === 0) return { module, errors };
  const rules = work.rules.map((rule) => {
    const target = targetOf(rule);
    const own = attached.filter(({ annotations: { scope, targetPath }, rule: below }) =>
      scope === "document" ? compareTerms(targetPath, target) === 0 : scope === "rule" && below === rule,
    );
    const annotations: readonly Annotations[] = own.map((block) => block.annotations);
    return annotations.length === 0 ? rule.source : { ...rule.source, annotations };
  });
  return { module: { ...module, rules, annotations: attached.map((block) => block.annotations) }, errors };
}
