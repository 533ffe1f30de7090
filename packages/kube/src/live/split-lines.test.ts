import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { splitLines } from "./split-lines.ts";

async function linesOf(pieces: readonly Uint8Array[], longest?: number): Promise<readonly string[]> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield* pieces;
  }
  const lines: string[] = [];
  for await (const line of splitLines(chunks(), longest)) lines.push(line);
  return lines;
}

suite("lines of a stream", () => {
  test("are the same wherever the stream is parted", async () => {
    const text = Buffer.from('{"a":"ä€𝄞"}\n\n{"b":1}\nrest');
    for (let at = 0; at <= text.length; at += 1) {
      const lines = await linesOf([text.subarray(0, at), text.subarray(at)]);
      assert.deepEqual(lines, ['{"a":"ä€𝄞"}', "", '{"b":1}', "rest"], `parted at ${at}`);
    }
  });

  test("of nothing are none, and a last line end makes no line of its own", async () => {
    assert.deepEqual(await linesOf([]), []);
    assert.deepEqual(await linesOf([Buffer.from("a\n")]), ["a"]);
  });

  test("are not collected beyond their limit", async () => {
    await assert.rejects(linesOf([Buffer.from("abc"), Buffer.from("def")], 5), /longer than 5 characters/);
  });
});
