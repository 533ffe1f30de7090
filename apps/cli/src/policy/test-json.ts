import type { CaseResult, Location, TestResult } from "@redoubt/rego";

/** Results of tests as OPA's JSON has them. */
export function testsJson(results: readonly TestResult[]): readonly object[] {
  return results.map(({ location, package: packageName, name, outcome, nanoseconds, output, error, cases }) => ({
    location: locationJson(location),
    package: packageName,
    name,
    ...(outcome === "fail" ? { fail: true } : {}),
    ...(error === undefined
      ? {}
      : {
          error: {
            code: error.code,
            message: error.message,
            ...(error.location === undefined ? {} : { location: locationJson(error.location) }),
          },
        }),
    ...(outcome === "skip" ? { skip: true } : {}),
    duration: Number(nanoseconds),
    // Go writes bytes in base64.
    ...(output === "" ? {} : { output: Buffer.from(output).toString("base64") }),
    ...(cases.length === 0 ? {} : { sub_results: casesJson(cases) }),
  }));
}

function locationJson({ source, row, col }: Location): object {
  return { file: source.file, row, col };
}

function casesJson(cases: readonly CaseResult[]): object {
  return Object.fromEntries(
    cases.map(({ name, failed, cases: inner }) => [
      name,
      { name, ...(failed ? { fail: true } : {}), ...(inner.length === 0 ? {} : { sub_results: casesJson(inner) }) },
    ]),
  );
}
