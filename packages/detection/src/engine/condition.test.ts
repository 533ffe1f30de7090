import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { suite, test } from "node:test";
import { snapshotFromText, stringAt } from "@redoubt/kube";
import { ruleItemsOf } from "../model/rules.ts";
import { parseCondition } from "./condition.ts";

const accepted = [
  "a",
  "proc.name=sh",
  "evt.type in (open, openat) and not fd.name startswith /etc",
  "not (a or b) and (c)",
  "not(a)",
  "proc.name in(a)",
  "proc.aname[2] = 'x y'",
  "fd.sip exists or evt.num > 0x10",
  "toupper(proc.name) = SH",
  "proc.name = val(proc.pname)",
  "fd.name pmatch (/etc, /root)",
  "ka.target.name intersects (a)",
  "proc.name in (shell_binaries)",
  'proc.cmdline contains "a and (b"',
];
const refused = [
  "",
  "a and",
  "(a",
  "a)",
  "proc.name",
  "proc.name = ",
  "proc.name like sh",
  "a b",
  "and a",
  "proc.name in (a,,b)",
  "proc.name in",
  "proc.name in (a b)",
  "not",
];

suite("Falco conditions", () => {
  for (const text of accepted)
    test(`accepted: ${text}`, () => assert.ok("macros" in parseCondition(text), JSON.stringify(parseCondition(text))));
  for (const text of refused) test(`refused: ${text}`, () => assert.ok("message" in parseCondition(text)));
  test("deep nesting neither crashes nor hangs", () => assert.ok("message" in parseCondition("(".repeat(100_000))));

  const folder = new URL("../../../../../shared/corpora/falco/rules/", import.meta.url);
  test(
    "every condition of the official rules is accepted",
    { skip: existsSync(folder) ? false : "the official rules are not here" },
    () => {
      for (const file of readdirSync(folder).filter((name) => name.endsWith("_rules.yaml")))
        for (const { kind, name, value } of ruleItemsOf(
          snapshotFromText(readFileSync(new URL(file, folder), "utf8"), { file }),
        ))
          if (kind === "rule" || kind === "macro") {
            const parsed = parseCondition(stringAt(value, ["condition"]) ?? "");
            assert.ok("macros" in parsed, `${file} ${name}: ${JSON.stringify(parsed)}`);
          }
    },
  );

  const parser = new URL("../engine/filter-parser.json", folder);
  test(
    "accepted and refused as by Falco's own parser",
    { skip: existsSync(parser) ? false : "the recorded cases are not here" },
    () => {
      const { cases }: { cases: { kind: string; filter: string }[] } = JSON.parse(readFileSync(parser, "utf8"));
      assert.ok(cases.length > 400);
      for (const { kind, filter } of cases)
        assert.equal("macros" in parseCondition(filter), !kind.startsWith("reject"), filter);
    },
  );
});
