/**
 * Reporter for node:test that prints failures as they come, skips with their reasons, and the plain counts last:
 * `N passed, N failed, N skipped`. Suites are not counted, only tests.
 */
export default async function* report(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    if (type === "test:stderr" || type === "test:stdout") yield data.message;
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details?.type === "suite" && type === "test:pass") continue;
    if (data.skip !== undefined && data.skip !== false) {
      counts.skipped += 1;
      yield `skipped: ${data.name}${typeof data.skip === "string" ? ` (${data.skip})` : ""}\n`;
    } else if (type === "test:pass") {
      counts.passed += 1;
    } else {
      const error = data.details?.error;
      const cause = error?.cause ?? error;
      // A suite fails because a test in it did, which is counted already.
      if (error?.failureType === "subtestsFailed") continue;
      counts.failed += 1;
      yield `FAILED: ${data.name}\n  ${data.file ?? ""}:${data.line ?? ""}\n${indent(cause?.stack ?? String(cause))}\n`;
    }
  }
  yield `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`;
}

function indent(text) {
  return text.replaceAll(/^/gm, "  ");
}
