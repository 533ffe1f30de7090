import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ApiConnection } from "./connection.ts";
import { listResource } from "./list-pages.ts";

const SECRETS = { group: "", version: "v1", resource: "secrets", kind: "Secret", namespaced: true };
const COLUMNS = { Type: "type" };

interface Asked {
  readonly path: string;
  readonly accept: string | undefined;
}

/** A connection to a server that gives these answers, one after the other. */
function answering(...answers: readonly object[]): { readonly connection: ApiConnection; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const left = [...answers];
  const nothingElse = (): never => assert.fail("a list only reads");
  const connection: ApiConnection = {
    context: "test",
    server: "https://test.invalid",
    requests: 0,
    get: async (path, options) => {
      asked.push({ path, accept: options?.accept });
      return { status: 200, text: JSON.stringify(left.shift()) };
    },
    send: nothingElse,
    stream: nothingElse,
    close: nothingElse,
  };
  return { connection, asked };
}

function table(names: readonly string[], next = ""): object {
  return {
    kind: "Table",
    metadata: { resourceVersion: "7", continue: next },
    columnDefinitions: [{ name: "Name" }, { name: "Type" }, { name: "Data" }],
    rows: names.map((name) => ({ cells: [name, "Opaque", 3], object: { metadata: { name, namespace: "shop" } } })),
  };
}

suite("a list of a kind without what its objects hold", () => {
  test("has their metadata, and the columns of the table that are asked for", async () => {
    const { connection, asked } = answering(table(["a"], "more"), table(["b"]));
    const result = await listResource(connection, SECRETS, { columns: COLUMNS, namespace: "shop" });
    assert.deepEqual(result, {
      ok: true,
      items: ["a", "b"].map((name) => ({ metadata: { name, namespace: "shop" }, type: "Opaque" })),
      resourceVersion: "7",
    });
    assert.deepEqual(
      asked.map(({ path }) => path),
      ["/api/v1/namespaces/shop/secrets?limit=500", "/api/v1/namespaces/shop/secrets?limit=500&continue=more"],
    );
    for (const { accept } of asked) assert.match(accept ?? "", /as=Table/);
  });
  test("is the list itself where the server knows no tables", async () => {
    const items = [{ metadata: { name: "a" }, type: "Opaque" }];
    const { connection } = answering({ kind: "SecretList", metadata: {}, items });
    const result = await listResource(connection, SECRETS, { columns: COLUMNS });
    assert.deepEqual(result, { ok: true, items, resourceVersion: "" });
  });
  test("is empty where the table has no rows, or is broken", async () => {
    for (const broken of [table([]), { kind: "Table" }, { kind: "Table", rows: "none", columnDefinitions: 1 }]) {
      const result = await listResource(answering(broken).connection, SECRETS, { columns: COLUMNS });
      assert.deepEqual(result.ok && result.items, []);
    }
  });
});
