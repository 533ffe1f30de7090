import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { sealedItemProblem } from "./sealed-secret.ts";

const item = (sessionKey: number, length: number): string => {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt16BE(sessionKey, 0);
  return bytes.toString("base64");
};

const table: readonly [note: string, item: unknown, problem: RegExp | undefined][] = [
  ["a 2048-bit key", item(256, 2 + 256 + 16), undefined],
  ["a 4096-bit key", item(512, 2 + 512 + 16 + 12), undefined],
  ["a value that the tag leaves no room for", item(512, 2 + 512 + 15), /cut off/],
  ["plain text in base64", Buffer.from("hunter2").toString("base64"), /never sealed/],
  ["plain text", "hunter2!", /not base64/],
  ["nothing", "", /empty/],
  ["a number", 5, /empty/],
  ["a template", "{{ .Values.sealed }}", undefined],
];

suite("sealed items", () => {
  for (const [note, given, problem] of table)
    test(note, () => {
      const found = sealedItemProblem(given);
      if (problem === undefined) assert.equal(found, undefined);
      else assert.match(found ?? "", problem);
    });
});
