import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { readDockerfile, stagesOf } from "./dockerfile.ts";

suite("Dockerfiles", () => {
  test("instructions keep the line they begin on", () => {
    const text = "# syntax=docker/dockerfile:1\nFROM alpine:3.20\nRUN a && \\\n  # why\n  b\n\nuser 1000\n";
    assert.deepEqual(readDockerfile(text), [
      { name: "FROM", rest: "alpine:3.20", line: 2 },
      { name: "RUN", rest: "a &&  b", line: 3 },
      { name: "USER", rest: "1000", line: 7 },
    ]);
  });
  test("here-documents belong to their instruction", () => {
    const found = readDockerfile("FROM a\nRUN <<EOF\nUSER root\nEOF\nUSER 1\n");
    assert.deepEqual(
      found.map(({ name, line }) => [name, line]),
      [
        ["FROM", 1],
        ["RUN", 2],
        ["USER", 5],
      ],
    );
  });
  test("stages know their base and alias", () => {
    const stages = stagesOf(
      readDockerfile("ARG V=1.27\nFROM --platform=linux/amd64 golang:${V} AS Build\nFROM build\n"),
    );
    assert.deepEqual(
      stages.map(({ base, alias }) => [base, alias]),
      [
        ["golang:1.27", "build"],
        ["build", undefined],
      ],
    );
  });
});
