import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Provider, ProviderAnswer, ProviderFailure } from "../model/external-data.ts";
import { RestingProviders } from "./resting-providers.ts";

const provider = (name: string): Provider => ({ name, url: `https://${name}.example`, timeout: 1, certificates: "" });
const DOWN: ProviderFailure = { statusCode: 500, failure: "down" };
const ANSWER: ProviderAnswer = { statusCode: 200, items: [], systemError: "", isIdempotent: true };

suite("providers that are left alone", () => {
  let now = 0;
  let asked: string[] = [];
  let isDown = true;
  const resting = (): RestingProviders => {
    now = 0;
    asked = [];
    isDown = true;
    const ask = ({ name }: Provider): Promise<ProviderAnswer | ProviderFailure> => {
      asked.push(name);
      return Promise.resolve(isDown && name === "owners" ? DOWN : ANSWER);
    };
    return new RestingProviders({ find: () => undefined, ask }, { clock: () => now, failures: 2, restFor: 100 });
  };

  test("after failures in a row the last one is the answer, and others are asked all the same", async () => {
    const port = resting();
    for (let count = 0; count < 4; count++) assert.deepEqual(await port.ask(provider("owners"), ["a"]), DOWN);
    assert.deepEqual(asked, ["owners", "owners"]);
    assert.deepEqual(await port.ask(provider("digests"), ["a"]), ANSWER);
    assert.deepEqual(asked, ["owners", "owners", "digests"]);
  });

  test("after its rest it is asked again, and one more failure is enough for the next rest", async () => {
    const port = resting();
    for (let count = 0; count < 2; count++) await port.ask(provider("owners"), ["a"]);
    now = 100;
    for (let count = 0; count < 2; count++) assert.deepEqual(await port.ask(provider("owners"), ["a"]), DOWN);
    assert.equal(asked.length, 3);
    now = 200;
    isDown = false;
    assert.deepEqual(await port.ask(provider("owners"), ["a"]), ANSWER);
    isDown = true;
    for (let count = 0; count < 3; count++) await port.ask(provider("owners"), ["a"]);
    assert.equal(asked.length, 6);
  });

  test("one that answers between failures is never left alone", async () => {
    const port = resting();
    for (let count = 0; count < 6; count++) {
      isDown = count % 2 === 0;
      await port.ask(provider("owners"), ["a"]);
    }
    assert.equal(asked.length, 6);
  });

  test("what is kept is found through it", () => {
    const item = { key: "a", value: 1, error: "", isIdempotent: true };
    const port = new RestingProviders(
      { find: (name, key) => (name === "owners" && key === "a" ? item : undefined), ask: () => Promise.resolve(DOWN) },
      { clock: () => 0 },
    );
    assert.equal(port.find("owners", "a"), item);
    assert.equal(port.find("owners", "b"), undefined);
  });
});
