import assert from "node:assert/strict";
import { join } from "node:path";
import { suite, test } from "node:test";
import { captured } from "./testing/captured-run.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";

suite("redoubt serve", () => {
  for (const [line, code] of [
    ["serve", "USAGE_FLAG_MISSING"],
    ["serve -p . --tls-cert tls.crt", "USAGE_FLAG_MISSING"],
    ["serve -p . --tls-cert a --tls-key b --authority-file c", "USAGE_FLAG_CONFLICT"],
    ["serve -p . --port 70000", "USAGE_FLAG_VALUE"],
    ["serve -p . --log-level loud", "USAGE_FLAG_VALUE"],
  ] as const) {
    test(`${line} is ${code}`, async () => {
      const { code: exitCode, stderr } = await captured(line);
      assert.equal(exitCode, 2);
      assert.match(stderr, new RegExp(`error ${code}: `));
    });
  }

  test("a policy that is not in force, and a certificate that cannot be read, end it with exit code 2", async (context) => {
    const folder = scratchFolder(context, { "p.rego": "package a\nimport rego.v1\nx if {" });
    const serve = ["serve", "-p", folder, "--port", "0", "--log-level", "error"];
    const began = performance.now();
    const broken = await captured(serve);
    assert.ok(performance.now() - began < 4000, "it waited for clients that never came");
    assert.equal(broken.code, 2);
    assert.match(broken.stderr, /error SERVER_POLICIES: .*p\.rego:/);
    const absent = await captured([
      ...serve,
      "--tls-cert",
      join(folder, "no.crt"),
      "--tls-key",
      join(folder, "no.key"),
    ]);
    assert.equal(absent.code, 2);
    assert.match(absent.stderr, /error SERVER_CERTIFICATE: .*no\.(?:crt|key) cannot be read/);
  });
});
