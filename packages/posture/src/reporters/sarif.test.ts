import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { SAMPLE_TEXT, sampleReport } from "../sample-report.ts";
import { sarif } from "./sarif.ts";

interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

interface Result {
  readonly ruleId: string;
  readonly kind: string;
  readonly level: string;
  readonly locations?: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
      readonly region: Region;
    };
  }[];
  readonly suppressions?: readonly { readonly kind: string; readonly justification: string }[];
  readonly fixes?: readonly {
    readonly artifactChanges: readonly {
      readonly replacements: readonly {
        readonly deletedRegion: Region;
        readonly insertedContent: { readonly text: string };
      }[];
    }[];
  }[];
}

function results(file?: string): readonly Result[] {
  const log: { runs: { results: Result[] }[] } = JSON.parse(
    [...sarif(sampleReport(file === undefined ? {} : { file }))].join(""),
  );
  return log.runs[0]?.results ?? [];
}

function only(id: string, file?: string): Result {
  return results(file).find(({ ruleId }) => ruleId === id) ?? assert.fail(`no result of ${id}`);
}

function offsets(text: string, { startLine, startColumn, endLine, endColumn }: Region): readonly [number, number] {
  const lines = text.split("\n");
  const at = (line: number, column: number): number =>
    lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0) + column - 1;
  return [at(startLine, startColumn), at(endLine, endColumn)];
}

/** What a code scanning service does with a fix. */
function applied({ fixes }: Result): string {
  const replacements = fixes?.[0]?.artifactChanges[0]?.replacements ?? assert.fail("no fix");
  return replacements.toReversed().reduce((text, { deletedRegion, insertedContent }) => {
    const [start, end] = offsets(text, deletedRegion);
    return text.slice(0, start) + insertedContent.text + text.slice(end);
  }, SAMPLE_TEXT);
}

suite("sarif", () => {
  test("regions are exactly what the field is written as", () => {
    const region = only("IMG-001").locations?.[0]?.physicalLocation.region;
    assert.ok(region !== undefined);
    assert.equal(SAMPLE_TEXT.slice(...offsets(SAMPLE_TEXT, region)), "image: shop/web");
  });

  test("a fix is the change of text that the edit engine makes", () => {
    assert.equal(applied(only("IMG-001")), SAMPLE_TEXT.replace("image: shop/web\n", "image: shop/web:1.0.0\n"));
  });

  test("a fix that adds an object adds it at the end", () => {
    const text = applied(only("NET-001"));
    assert.ok(text.startsWith(SAMPLE_TEXT));
    assert.match(text.slice(SAMPLE_TEXT.length), /^---\napiVersion: networking.k8s.io\/v1\nkind: NetworkPolicy\n/);
  });

  test("an accepted finding is suppressed where it is accepted", () => {
    assert.deepEqual(only("RBAC-001").suppressions, [
      {
        kind: "inSource",
        status: "accepted",
        justification: "agreed with the team (ops@example.com, until 2027-01-31)",
      },
    ]);
  });

  test("what is unknown is open and has no level", () => {
    const { kind, level, locations } = only("INF-006");
    assert.deepEqual([kind, level, locations], ["open", "none", undefined]);
  });

  for (const [file, uri, uriBaseId] of [
    ["./a b/c#d.yaml", "a%20b/c%23d.yaml", "SRCROOT"],
    ["/etc/a.yaml", "file:///etc/a.yaml", undefined],
    ["C:\\x\\a.yaml", "file:///C:/x/a.yaml", undefined],
    ["<stdin>", "%3Cstdin%3E", "SRCROOT"],
  ] as const) {
    test(`${file} is ${uri}`, () => {
      const location = only("IMG-001", file).locations?.[0]?.physicalLocation.artifactLocation;
      assert.equal(location?.uri, uri);
      assert.equal(location.uriBaseId, uriBaseId);
    });
  }
});
