import assert from "node:assert/strict";
import { test } from "node:test";
import { appendDocument } from "./append-document.ts";

const object = { kind: "NetworkPolicy", spec: { podSelector: {}, policyTypes: ["Ingress"], note: "yes" } };

const table: readonly [string, string, string][] = [
  ["an empty file", "", 'kind: NetworkPolicy\nspec:\n  podSelector: {}\n  policyTypes:\n  - Ingress\n  note: "yes"\n'],
  [
    "a file without a final line break, in its own layout",
    "a:\n    - 'x'\nb:\n    c: d # e",
    "a:\n    - 'x'\nb:\n    c: d # e\n---\nkind: NetworkPolicy\nspec:\n    podSelector: {}\n    policyTypes:\n        - Ingress\n    note: 'yes'\n",
  ],
  [
    "a file that ends with a separator",
    "a: 1\n---\n",
    'a: 1\n---\nkind: NetworkPolicy\nspec:\n  podSelector: {}\n  policyTypes:\n  - Ingress\n  note: "yes"\n',
  ],
  [
    "a file with CRLF",
    "a: 1\r\n",
    'a: 1\r\n---\r\nkind: NetworkPolicy\r\nspec:\r\n  podSelector: {}\r\n  policyTypes:\r\n  - Ingress\r\n  note: "yes"\r\n',
  ],
  [
    "a JSON file",
    '{"a":1}',
    '{"a":1}\n{"kind":"NetworkPolicy","spec":{"podSelector":{},"policyTypes":["Ingress"],"note":"yes"}}\n',
  ],
  [
    "a pretty-printed JSON file",
    '{\n\t"a": 1\n}\n',
    '{\n\t"a": 1\n}\n{\n\t"kind": "NetworkPolicy",\n\t"spec": {\n\t\t"podSelector": {},\n\t\t"policyTypes": [\n\t\t\t"Ingress"\n\t\t],\n\t\t"note": "yes"\n\t}\n}\n',
  ],
];

for (const [title, before, after] of table) {
  test(`another object goes to the end of ${title}`, () => assert.equal(appendDocument(before, object), after));
}
