import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, suite, test } from "node:test";
import { connect } from "./connection.ts";
import { readTokenFile, tokenFileOf } from "./token-file.ts";

const config = (names: readonly string[], server = "https://10.9.8.7:6443"): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: names.map((name) => ({ name, cluster: { server: server.replace("7", String(name.length)) } })),
    users: names.map((name) => ({ name, user: { token: "t" } })),
    contexts: names.map((name) => ({ name, context: { cluster: name, user: name } })),
    "current-context": names[0],
  });

suite("a kubeconfig", () => {
  let folder = "";
  const kept = { home: process.env["HOME"], kubeconfig: process.env["KUBECONFIG"] };
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "redoubt-kubeconfig-"));
    process.env["HOME"] = folder;
    delete process.env["KUBECONFIG"];
  });
  after(() => {
    rmSync(folder, { recursive: true });
    for (const [name, value] of [
      ["HOME", kept.home],
      ["KUBECONFIG", kept.kubeconfig],
    ] as const)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  });

  test("that is nowhere is said to be missing, not taken for localhost", async () => {
    await assert.rejects(connect({}), { code: "KUBE_CONFIG", message: /neither KUBECONFIG nor ~\/\.kube\/config/ });
  });

  test("has its current context, or the one asked for", async () => {
    const kubeconfig = file("two", config(["a", "bb"]));
    const first = await connect({ kubeconfig });
    assert.deepEqual([first.context, first.server], ["a", "https://10.9.8.1:6443"]);
    const second = await connect({ kubeconfig, context: "bb" });
    assert.deepEqual([second.context, second.server], ["bb", "https://10.9.8.2:6443"]);
    await assert.rejects(connect({ kubeconfig, context: "c" }), {
      code: "KUBE_CONFIG",
      message: /no context "c" in the kubeconfig; it has a, bb/,
    });
  });

  test("may be several files, of which some are missing", async () => {
    process.env["KUBECONFIG"] = [join(folder, "none"), file("one", config(["a"])), file("more", config(["ccc"]))].join(
      delimiter,
    );
    assert.equal((await connect({})).context, "a");
    assert.equal((await connect({ context: "ccc" })).server, "https://10.9.8.3:6443");
    delete process.env["KUBECONFIG"];
  });

  test("may name a token in a file beside it, also of another file than the first", () => {
    const users = (user: object): string => JSON.stringify({ users: [{ name: "a", user }, "no user"] });
    const named = file("named", users({ tokenFile: "tokens/a" }));
    const other = file("other", JSON.stringify({ users: [{ name: "b", user: {} }] }));
    assert.equal(tokenFileOf([other, named], "a"), join(folder, "tokens/a"));
    assert.equal(tokenFileOf([file("abs", users({ tokenFile: "/var/a" })), named], "a"), "/var/a");
    assert.equal(tokenFileOf([file("none", users({ token: "t" })), named], "a"), undefined);
    for (const text of ["{", "[]", "users: 1", users({ tokenFile: 1 })])
      assert.equal(tokenFileOf([file("odd", text)], "a"), undefined);
    assert.equal(tokenFileOf([join(folder, "missing")], "a"), undefined);
  });

  test("whose token's file is gone says so", async () => {
    assert.equal(await readTokenFile(file("token", "abc\n")), "abc");
    await assert.rejects(readTokenFile(join(folder, "gone")), { code: "KUBE_CONFIG", message: /tokenFile/ });
  });

  test("whose plugin fails says so at once", async () => {
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "false", interactiveMode: "Never" };
    const parts = JSON.parse(config(["a"]));
    const kubeconfig = file("exec", JSON.stringify({ ...parts, users: [{ name: "a", user: { exec } }] }));
    const connection = await connect({ kubeconfig });
    await assert.rejects(connection.get("/version"), { code: "KUBE_CONFIG", message: /credentials of context "a"/ });
    assert.equal(connection.requests, 0);
  });

  for (const [note, text, says] of [
    ["no YAML", "{", /could not be read/],
    ["a list", "[]", /no cluster to speak to|could not be read/],
    ["without contexts", "apiVersion: v1\nkind: Config\n", /no cluster to speak to|could not be read/],
    ["of a server without TLS", config(["a"], "http://127.0.0.7:8080"), /is http:\/\/.*https only/],
  ] as const)
    test(`${note} is refused`, async () => {
      await assert.rejects(connect({ kubeconfig: file("bad", text) }), { code: "KUBE_CONFIG", message: says });
    });
});
