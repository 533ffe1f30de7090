import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { evaluate } from "@redoubt/control";
import { snapshotFromText } from "@redoubt/kube";
import { controls } from "./index.ts";

/** Every failure as `ID severity message`; of all controls when none is named. */
function failures(text: string, ...ids: readonly string[]): readonly string[] {
  const chosen = ids.length === 0 ? controls : controls.filter(({ id }) => ids.includes(id));
  const { results, diagnostics } = evaluate(chosen, snapshotFromText(text));
  assert.deepEqual(diagnostics, []);
  return results.flatMap(({ findings }) =>
    findings.map(({ control, severity, message }) => `${control.id} ${severity} ${message}`),
  );
}

const security = (kind: string, name: string, spec: string, namespace = "shop"): string => `
apiVersion: security.istio.io/v1
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
---`;
const STRICT = security("PeerAuthentication", "default", "{ mtls: { mode: STRICT } }");
const NOTHING = security("AuthorizationPolicy", "allow-nothing", "{}");

suite("a namespace as it should be", () => {
  test("has no finding", () => {
    const text = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
---${STRICT}${NOTHING}${security(
      "AuthorizationPolicy",
      "web",
      "{ selector: { matchLabels: { app: web } }, action: ALLOW, rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/gateway] } }], to: [{ operation: { methods: [GET] } }] }] }",
    )}`;
    assert.deepEqual(failures(text), []);
  });
});

suite("default deny", () => {
  const cases: readonly (readonly [string, string, number])[] = [
    ["an empty spec allows nothing", NOTHING, 0],
    [
      "an ALLOW policy for every workload",
      security("AuthorizationPolicy", "a", "{ rules: [{ from: [{ source: { namespaces: [shop] } }] }] }"),
      0,
    ],
    ["the same in the root namespace", security("AuthorizationPolicy", "a", "{}", "istio-system"), 0],
    [
      "an ALLOW policy for some",
      security(
        "AuthorizationPolicy",
        "a",
        "{ selector: { matchLabels: { app: web } }, rules: [{ from: [{ source: { namespaces: [shop] } }] }] }",
      ),
      1,
    ],
    [
      "a DENY policy",
      security("AuthorizationPolicy", "a", "{ action: DENY, rules: [{ to: [{ operation: { paths: [/x] } }] }] }"),
      1,
    ],
    ["allow everything", security("AuthorizationPolicy", "a", "{ rules: [{}] }"), 1],
    ["a dry run", NOTHING.replace("namespace: shop", 'namespace: shop, annotations: { istio.io/dry-run: "true" }'), 1],
  ];
  for (const [title, text, expected] of cases) {
    test(title, () => assert.equal(failures(STRICT + text, "MESH-006").length, expected));
  }
});

const identityRule = (action: string, source: string): string =>
  security("AuthorizationPolicy", "a", `{ action: ${action}, rules: [{ from: [{ source: ${source} }] }] }`);

suite("rules about identities where plaintext is accepted", () => {
  const cases: readonly (readonly [string, string, string, boolean])[] = [
    ["a DENY by principal is slipped by", "DENY", "{ principals: [cluster.local/ns/a/sa/b] }", true],
    ["an ALLOW by principal is not", "ALLOW", "{ principals: [cluster.local/ns/a/sa/b] }", false],
    ["an ALLOW of all but some is", "ALLOW", "{ notPrincipals: [cluster.local/ns/a/sa/b] }", true],
    ["a DENY of all but some is not", "DENY", "{ notPrincipals: [cluster.local/ns/a/sa/b] }", false],
    ["addresses are no identities", "DENY", "{ ipBlocks: [10.0.0.0/8] }", false],
  ];
  for (const [title, action, source, expected] of cases) {
    test(title, () => assert.equal(failures(identityRule(action, source), "MESH-010").length, expected ? 1 : 0));
    test(`${title}, and STRICT closes it`, () =>
      assert.deepEqual(failures(STRICT + identityRule(action, source), "MESH-010"), []));
  }
});

suite("values of any shape", () => {
  const odd = [
    "[]",
    "text",
    "{ selector: [1], rules: {}, action: 5 }",
    "{ rules: [null, 3, { from: x, to: [4], when: [{ key: 1 }] }] }",
    "{ mtls: STRICT, portLevelMtls: [1] }",
    "{ servers: [1, { port: 80, hosts: x, tls: 1 }], trafficPolicy: [], host: 3 }",
  ];
  for (const spec of odd) {
    test(spec, () => {
      const text = ["PeerAuthentication", "AuthorizationPolicy", "RequestAuthentication"]
        .map((kind) => security(kind, "a", spec))
        .join("");
      const networking = ["DestinationRule", "Gateway", "Sidecar", "EnvoyFilter"]
        .map((kind) => security(kind, "a", spec).replace("security.", "networking."))
        .join("");
      failures(text + networking);
    });
  }
});

const destinationRule = (spec: string): string =>
  security("DestinationRule", "d", spec).replace("security.", "networking.");

suite("DestinationRules", () => {
  const cases: readonly (readonly [string, string, RegExp | undefined])[] = [
    ["plaintext inside", "{ host: db, trafficPolicy: { tls: { mode: DISABLE } } }", /^MESH-014 high .*plaintext to db/],
    ["plaintext outside", "{ host: example.com, trafficPolicy: { tls: { mode: DISABLE } } }", /^MESH-014 low/],
    ["TLS to an outside host", "{ host: example.com, trafficPolicy: { tls: { mode: SIMPLE } } }", undefined],
    [
      "TLS without an identity inside",
      "{ host: db.shop.svc.cluster.local, trafficPolicy: { tls: { mode: SIMPLE } } }",
      /^MESH-014 medium/,
    ],
    [
      "a port of a subset",
      "{ host: db, subsets: [{ name: a, trafficPolicy: { portLevelSettings: [{ port: { number: 1 }, tls: { mode: DISABLE } }] } }] }",
      /plaintext to db/,
    ],
    [
      "unverified certificates",
      "{ host: example.com, trafficPolicy: { tls: { mode: SIMPLE, insecureSkipVerify: true } } }",
      /accepts any certificate/,
    ],
    ["no tls settings", "{ host: db, trafficPolicy: { loadBalancer: { simple: RANDOM } } }", undefined],
  ];
  for (const [title, spec, expected] of cases) {
    test(title, () => {
      const found = failures(destinationRule(spec), "MESH-014");
      assert.equal(found.length, expected === undefined ? 0 : 1);
      if (expected !== undefined) assert.match(found[0] ?? "", expected);
    });
  }
});
