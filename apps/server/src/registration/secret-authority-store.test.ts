import assert from "node:assert/strict";
import { beforeEach, suite, test } from "node:test";
import { FakeApiServer } from "../testing/fake-api-server.ts";
import { SecretAuthorityStore } from "./secret-authority-store.ts";

const SECRETS = "/api/v1/secrets";
const PLACE = { namespace: "redoubt-system", name: "redoubt-ca" };
const authorities = (name: string) => ({ list: [{ key: `key of ${name}`, cert: `certificate of ${name}` }] });

suite("authorities in a Secret", () => {
  let api: FakeApiServer;
  beforeEach(() => {
    api = new FakeApiServer([SECRETS]);
  });

  test("are what one replica has written first, for all of them", async () => {
    const [one, other] = [new SecretAuthorityStore(api, PLACE), new SecretAuthorityStore(api, PLACE)];
    assert.equal(await one.read(), undefined);
    assert.equal(await one.write(authorities("a"), undefined), true);
    assert.equal(await other.write(authorities("b"), undefined), false);
    assert.deepEqual((await other.read())?.authorities, authorities("a"));
  });

  test("are replaced only in the state that was read", async () => {
    const store = new SecretAuthorityStore(api, PLACE);
    await store.write(authorities("a"), undefined);
    const revision = (await store.read())?.revision;
    assert.equal(await store.write(authorities("b"), revision), true);
    assert.equal(await store.write(authorities("c"), revision), false);
    assert.deepEqual((await store.read())?.authorities, authorities("b"));
  });

  test("of another kind are refused, and not overwritten", async () => {
    api.apply(SECRETS, {
      metadata: { name: PLACE.name, namespace: PLACE.namespace },
      data: { password: "aHVudGVyMg==" },
    });
    await assert.rejects(new SecretAuthorityStore(api, PLACE).read(), (error: Error) => {
      assert.match(error.message, /Secret redoubt-system\/redoubt-ca holds no certificate authority/);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
  });

  test("in a namespace that is not there say so", async () => {
    api = new FakeApiServer([]);
    await assert.rejects(new SecretAuthorityStore(api, PLACE).write(authorities("a"), undefined), {
      message: /there is no namespace redoubt-system/,
    });
  });
});
