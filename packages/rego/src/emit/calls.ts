import type { Builtin } from "../builtins/builtin.ts";
import type { CallExpr, Term } from "../syntax/ast.ts";
import { dottedName } from "../syntax/term-names.ts";
import type { PlannedDocument } from "../plan/documents.ts";
import { directCall } from "./direct-calls.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { writeMatch, writeUnify } from "./unify.ts";
import { writeValue } from "./values.ts";

/** Writes a call as a statement. It gives up if the call is undefined or, where nobody takes its result, false. */
export function writeCall(f: FunctionWriter, expr: CallExpr): void {
  const { operator, args } = expr;
  const name = dottedName(operator);
  if (name === "eq") {
    const [a, b] = args;
    if (a !== undefined && b !== undefined) writeUnify(f, a, b);
    return;
  }
  const target = f.program.targetOf(operator);
  if ("kind" in target) writeFunctionCall(f, target, args);
  else writeBuiltinCall(f, target, expr);
}

function writeFunctionCall(f: FunctionWriter, target: PlannedDocument, args: readonly Term[]): void {
  f.noteEvaluation();
  const operands = args.slice(0, target.arity).map((term) => writeValue(f, term));
  const output = args[target.arity];
  const direct = `${f.program.documentFunction(target)}(${operands.join(", ")})`;
  writeResult(f, f.program.unlessMocked(target.name, direct, operands, output !== undefined), output);
}

function writeBuiltinCall(f: FunctionWriter, builtin: Builtin, { args, location }: CallExpr): void {
  const { name, decl, relation } = builtin;
  const isVoid = decl.result === undefined;
  const arity = isVoid ? args.length : decl.args.length;
  const operands = args.slice(0, arity).map((term) => writeValue(f, term));
  const output = args[arity];
  if (!f.program.isMockable(name) && !relation) {
    const direct = directCall(name, operands);
    if (direct !== undefined && "test" in direct) {
      if (output === undefined) f.require(direct.test);
      else writeMatch(f, output, f.keep(direct.test));
      return;
    }
    if (direct !== undefined) {
      const result = f.fresh("v");
      f.js.line(`let ${result} = ${direct.quick};`);
      f.js.line(`if (${result} === undefined) ${result} = ${slowCall(f, builtin, operands, location)};`);
      finish(f, result, output);
      return;
    }
  }
  if (f.program.isMockable(name)) f.noteEvaluation();
  const slow = slowCall(f, builtin, operands, location);
  const call = f.program.unlessMocked(name, slow, operands, output !== undefined);
  if (relation) writeRelation(f, f.keep(call), output);
  else if (isVoid) f.js.line(`${call};`);
  else writeResult(f, call, output);
}

function slowCall(
  f: FunctionWriter,
  builtin: Builtin,
  operands: readonly string[],
  location: CallExpr["location"],
): string {
  const { constants } = f.program;
  const site = constants.nameOf({ name: builtin.name, location });
  const call = constants.nameOf(builtin.call);
  if (operands.length === 1 || operands.length === 2) {
    return `R.callBuiltin${operands.length}(E, ${site}, ${call}, ${operands.join(", ")})`;
  }
  return `R.callBuiltin(E, ${site}, ${call}, [${operands.join(", ")}])`;
}

function writeResult(f: FunctionWriter, call: string, output: Term | undefined): void {
  finish(f, f.keep(call), output);
}

function finish(f: FunctionWriter, result: string, output: Term | undefined): void {
  if (output === undefined) {
    f.failIf(`${result} === undefined || ${result} === false`);
    return;
  }
  f.failIf(`${result} === undefined`);
  writeMatch(f, output, result);
}

/** A relation gives any number of results, as an array. */
function writeRelation(f: FunctionWriter, results: string, output: Term | undefined): void {
  f.failIf(`${results} === undefined`);
  const i = f.fresh("i");
  f.loop(`for (let ${i} = 0; ${i} < ${results}.length; ${i} += 1)`);
  if (output !== undefined) writeMatch(f, output, f.keep(`${results}[${i}]`));
}
