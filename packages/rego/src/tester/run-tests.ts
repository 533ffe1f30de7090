import type { RegoHost } from "../builtins/host.ts";
import type { Capabilities } from "../check/options.ts";
import { compile, type Program } from "../program/program.ts";
import { EvaluationError } from "../runtime/errors.ts";
import type { Observer } from "../runtime/observer.ts";
import type { Module } from "../syntax/ast.ts";
import type { Location } from "../syntax/location.ts";
import { jsonText } from "../values/json-write.ts";
import { isArray, isObject } from "../values/kinds.ts";
import { objectEntries } from "../values/object.ts";
import type { PlainObject, Value } from "../values/value.ts";
import { CallTree, type Frame } from "./call-tree.ts";
import { type ExplainedRule, FailureExplainer } from "./explain-failure.ts";
import { type FoundTest, findTests } from "./find-tests.ts";

export interface TestOptions {
  readonly modules: readonly Module[];
  /** Base documents. Default: none. */
  readonly data?: PlainObject;
  readonly capabilities?: Capabilities;
  readonly host?: RegoHost;
  /** Which tests to run, by their full names, such as `data.authz_test.test_x`. Default: all. */
  readonly select?: (name: string) => boolean;
  /** Milliseconds that one test may take. Default: 5000, as with OPA. */
  readonly timeout?: number;
  /** Told what happens in every test: for coverage. */
  readonly observer?: Observer;
  /** Nanoseconds of a clock that only goes forward. */
  readonly clock: () => bigint;
}

/** What became of a test. */
export interface TestResult {
  readonly location: Location;
  readonly package: string;
  readonly name: string;
  readonly outcome: "pass" | "fail" | "skip" | "error";
  readonly nanoseconds: bigint;
  /** What it printed. */
  readonly output: string;
  readonly error?: EvaluationError;
  /** Of a test whose keys are cases: each of them. */
  readonly cases: readonly CaseResult[];
  /** Of a test that failed: why. */
  readonly failure?: ExplainedRule;
}

/** What became of a case of a test. */
export interface CaseResult {
  readonly name: string;
  readonly failed: boolean;
  readonly cases: readonly CaseResult[];
}

const TIMEOUT = 5000;

/**
 * Runs the tests of some modules, one after the other, as `opa test` does: a rule called `test_...` passes when it is true. Results
 * come in the order of the modules. Throws a `RegoCompileError` where the modules have errors.
 */
export function* runTests(options: TestOptions): IterableIterator<TestResult> {
  const { tests, modules } = findTests(options.modules);
  const { data = {}, capabilities, host } = options;
  const program = compile({
    modules,
    data,
    enablePrint: true,
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(host === undefined ? {} : { host }),
  });
  const explainer = new FailureExplainer(program, options.modules);
  for (const test of tests) {
    const name = `${test.package}.${test.name}`;
    if (options.select === undefined || options.select(name)) yield runTest(program, explainer, test, options);
  }
}

/** A test to be run any number of times. */
export interface RepeatableTest {
  readonly package: string;
  readonly name: string;
  /** Whether it passes. Throws an `EvaluationError` where it cannot be evaluated. */
  readonly run: () => boolean;
}

/** The tests of some modules, compiled without `print`, for those who measure them; those left out for now are not among them. */
export function repeatableTests(options: Omit<TestOptions, "observer" | "clock">): readonly RepeatableTest[] {
  const { tests, modules } = findTests(options.modules);
  const { data = {}, capabilities, host, select, timeout = TIMEOUT } = options;
  const program = compile({
    modules,
    data,
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(host === undefined ? {} : { host }),
  });
  const chosen = tests.filter(
    ({ skipped, package: packageName, name }) => !skipped && (select === undefined || select(`${packageName}.${name}`)),
  );
  return chosen.map((test) => {
    if (test.rule.head.args.length > 0) {
      const run = (): never => {
        throw functionError(test);
      };
      return { package: test.package, name: test.name, run };
    }
    const prepared = program.prepare(test.query);
    const run = (): boolean => {
      const announced: Value[] = [];
      const value = prepared.value(undefined, { deadline: timeout, testCase: (names) => announced.push(names) });
      return !hasFailed(test, value, casesOf(value, announced));
    };
    return { package: test.package, name: test.name, run };
  });
}

/** OPA finds it out when it asks for the function's value. */
function functionError({ rule }: FoundTest): EvaluationError {
  return new EvaluationError("eval_type_error", "a test is a rule, not a function: nobody calls it", rule.location);
}

function hasFailed({ hasCases }: FoundTest, value: Value | undefined, cases: readonly CaseResult[]): boolean {
  return hasCases ? value === undefined || cases.some(({ failed }) => failed) : value !== true;
}

function runTest(program: Program, explainer: FailureExplainer, test: FoundTest, options: TestOptions): TestResult {
  const base = { location: test.rule.location, package: test.package, name: test.name };
  if (test.skipped) return { ...base, outcome: "skip", nanoseconds: 0n, output: "", cases: [] };
  if (test.rule.head.args.length > 0) {
    return { ...base, outcome: "error", nanoseconds: 0n, output: "", error: functionError(test), cases: [] };
  }
  const { observer, clock, timeout = TIMEOUT } = options;
  const prepared = program.prepare(test.query, { observed: observer !== undefined });
  prepared.observer = observer;
  let output = "";
  const announced: Value[] = [];
  const start = clock();
  const spent = (): bigint => clock() - start;
  try {
    const value = prepared.value(undefined, {
      deadline: timeout,
      print: (line) => {
        output += `${line}\n`;
      },
      testCase: (names) => announced.push(names),
    });
    const nanoseconds = spent();
    const cases = test.hasCases ? casesOf(value, announced) : [];
    if (!hasFailed(test, value, cases)) return { ...base, outcome: "pass", nanoseconds, output, cases };
    const failure = explain(program, explainer, test, timeout);
    return { ...base, outcome: "fail", nanoseconds, output, cases, ...(failure === undefined ? {} : { failure }) };
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return { ...base, outcome: "error", nanoseconds: spent(), output, error, cases: [] };
  }
}

/** Runs a test that failed once more, to see where. */
function explain(
  program: Program,
  explainer: FailureExplainer,
  test: FoundTest,
  deadline: number,
): ExplainedRule | undefined {
  const tree = new CallTree();
  const prepared = program.prepare(test.query, { observed: true });
  prepared.observer = tree;
  try {
    prepared.evaluate(undefined, { deadline });
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
  }
  const ofTest = (frame: Frame): boolean => frame.rule.location.offset === test.rule.location.offset;
  const frame = tree.roots.find(ofTest) ?? tree.roots[0];
  return frame && explainer.explain(frame, undefined);
}

// Cases

interface CaseNode {
  failed: boolean;
  readonly children: Map<string, CaseNode>;
}

/** The cases that a test has a value for, and those that were tried and have none, which failed. */
function casesOf(value: Value | undefined, announced: readonly Value[]): readonly CaseResult[] {
  const root: CaseNode = { failed: false, children: new Map() };
  if (value !== undefined) addCases(root, value);
  for (const names of announced) {
    if (!isArray(names)) continue;
    const path: CaseNode[] = [root];
    for (const name of names) {
      const parent = path.at(-1) ?? root;
      const key = caseName(name);
      const node = parent.children.get(key) ?? { failed: true, children: new Map<string, CaseNode>() };
      parent.children.set(key, node);
      path.push(node);
    }
    if (path.at(-1)?.failed === true) for (const node of path) node.failed = true;
  }
  return caseResults(root);
}

function addCases(node: CaseNode, value: Value): void {
  if (!isObject(value)) {
    node.failed = value !== true;
    return;
  }
  for (const [key, item] of objectEntries(value)) {
    const child: CaseNode = { failed: false, children: new Map() };
    node.children.set(caseName(key), child);
    addCases(child, item);
    if (child.failed) node.failed = true;
  }
}

function caseName(key: Value): string {
  return typeof key === "string" ? key : jsonText(key);
}

function caseResults({ children }: CaseNode): readonly CaseResult[] {
  return [...children]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, child]) => ({ name, failed: child.failed, cases: caseResults(child) }));
}
