import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseFlagsPage, parseStatusVersion } from "./evidence-zpages.ts";

const page = (delimiter: string): string => `
kube-apiserver flags
Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.

anonymous-auth${delimiter}true
authorization-mode${delimiter}[Node,RBAC]
audit-policy-file${delimiter}
disable-admission-plugins${delimiter}[]
etcd-servers${delimiter}[https://10.0.0.5:2379]
feature-gates${delimiter}:ComponentFlagz=true,kube:AllBeta=false
service-account-issuer${delimiter}[https://kubernetes.default.svc]
tls-min-version${delimiter}
`;

suite("/flagz", () => {
  // The component draws its delimiter when it starts.
  for (const delimiter of ["=", ":", " ", "= ", ": "])
    test(`is read with the delimiter ${JSON.stringify(delimiter)}`, () => {
      assert.deepEqual(parseFlagsPage(page(delimiter)), {
        component: "kube-apiserver",
        flags: {
          "anonymous-auth": "true",
          "authorization-mode": "Node,RBAC",
          "etcd-servers": "https://10.0.0.5:2379",
          "feature-gates": "ComponentFlagz=true,AllBeta=false",
          "service-account-issuer": "https://kubernetes.default.svc",
        },
      });
    });

  for (const text of ["", "404 page not found\n", "<html>flags</html>", "kube-apiserver flags\n"])
    test(`${JSON.stringify(text)} is none`, () => assert.equal(parseFlagsPage(text), undefined));

  test("a hostile name is just a name", () => {
    const found = parseFlagsPage("x flags\nWarning: no\n\nconstructor=1\n__proto__=2\n");
    assert.deepEqual(Object.keys(found?.flags ?? {}), ["constructor"]);
  });
});

suite("/statusz", () => {
  const table: readonly [text: string, version: string | undefined][] = [
    ["apiserver statusz\nGo version= go1.26.8\nBinary version= 1.34.4\nEmulation version= 1.34\n", "v1.34.4"],
    ["Binary version: 1.36.1\n", "v1.36.1"],
    ["Binary version 1.36.0-beta.1\n", "v1.36.0-beta.1"],
    ["nothing of the kind", undefined],
  ];
  for (const [text, version] of table)
    test(`${JSON.stringify(text)} says ${version}`, () => assert.equal(parseStatusVersion(text), version));
});
