import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { evaluate } from "@redoubt/control";
import { snapshotFromText } from "@redoubt/kube";
import { controls } from "./index.ts";

/** Every failure of some controls as `ID severity message`. */
function failures(text: string, ...ids: readonly string[]): readonly string[] {
  const chosen = controls.filter(({ id }) => ids.includes(id));
  return evaluate(chosen, snapshotFromText(text)).results.flatMap(({ findings }) =>
    findings.map(({ control, severity, message }) => `${control.id} ${severity} ${message}`),
  );
}

const policy = (name: string, spec: string, namespace = "shop"): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
---`;
const pod = (name: string, labels: string, spec = ""): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { ${labels} } }
spec: { ${spec} containers: [{ name: app, image: x, ports: [{ name: http, containerPort: 8080 }] }] }
---`;
const namespace = (name: string, labels = ""): string => `
apiVersion: v1
kind: Namespace
metadata: { name: ${name}, labels: { ${labels} } }
---`;

const DB = "{ to: [{ podSelector: { matchLabels: { app: db } } }], ports: [{ port: 5432 }] }";
const web = (egress: string): string =>
  policy("web", `{ podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [${egress}] }`);

const toKubeSystem = (
  ports: string,
  peer = "namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }",
): string => `{ to: [{ ${peer} }], ports: ${ports} }`;

suite("DNS under an egress policy", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["nothing but a database", pod("web", "app: web") + web(DB), true],
    [
      "UDP 53 to kube-system",
      pod("web", "app: web") + web(`${DB}, ${toKubeSystem("[{ protocol: UDP, port: 53 }]")}`),
      false,
    ],
    ["only TCP 53", pod("web", "app: web") + web(`${DB}, ${toKubeSystem("[{ port: 53 }]")}`), true],
    [
      "a range that includes 53",
      pod("web", "app: web") + web(toKubeSystem("[{ protocol: UDP, port: 1, endPort: 1024 }]")),
      false,
    ],
    [
      "a range that does not",
      pod("web", "app: web") + web(toKubeSystem("[{ protocol: UDP, port: 54, endPort: 1024 }]")),
      true,
    ],
    [
      "the DNS pods' own port name",
      pod("web", "app: web") + web(toKubeSystem("[{ protocol: UDP, port: dns }]")),
      false,
    ],
    ["every port to anywhere", pod("web", "app: web") + web("{}"), false],
    ["every port of the own namespace", pod("web", "app: web") + web("{ to: [{ podSelector: {} }] }"), true],
    ["every port of every namespace", pod("web", "app: web") + web("{ to: [{ namespaceSelector: {} }] }"), false],
    [
      "DNS pods by label in any namespace",
      pod("web", "app: web") +
        web("{ to: [{ namespaceSelector: {}, podSelector: { matchLabels: { k8s-app: kube-dns } } }] }"),
      false,
    ],
    [
      "DNS allowed by another policy for every pod",
      pod("web", "app: web") +
        web(DB) +
        policy(
          "dns",
          `{ podSelector: {}, policyTypes: [Egress], egress: [${toKubeSystem("[{ protocol: UDP, port: 53 }]")}] }`,
        ),
      false,
    ],
    [
      "DNS allowed by a policy for other pods",
      pod("web", "app: web") +
        web(DB) +
        policy(
          "dns",
          `{ podSelector: { matchLabels: { app: x } }, policyTypes: [Egress], egress: [${toKubeSystem("[{ protocol: UDP, port: 53 }]")}] }`,
        ),
      true,
    ],
    [
      "a policy for ingress only",
      pod("web", "app: web") + policy("web", "{ podSelector: {}, policyTypes: [Ingress] }"),
      false,
    ],
    [
      "an address block on port 53",
      pod("web", "app: web") +
        web("{ to: [{ ipBlock: { cidr: 169.254.20.10/32 } }], ports: [{ protocol: UDP, port: 53 }] }"),
      false,
    ],
  ];
  for (const [title, text, cut] of cases) {
    test(`${title}: ${cut ? "cut off" : "resolves"}`, () => {
      assert.equal(failures(text, "NET-010").length, cut ? 1 : 0, failures(text, "NET-010").join("\n"));
    });
  }

  test("a total lock-down is told mildly and offers no fix", () => {
    const [result] = evaluate(
      controls.filter(({ id }) => id === "NET-010"),
      snapshotFromText(pod("db", "app: db") + policy("deny", "{ podSelector: {}, policyTypes: [Egress] }")),
    ).results;
    assert.equal(result?.findings[0]?.severity, "low");
    assert.equal(result.findings[0].fix, undefined);
  });

  test("a pod is told once, on the policy that is most about it", () => {
    const found = failures(
      pod("web", "app: web") + policy("deny", "{ podSelector: {}, policyTypes: [Egress] }") + web(DB),
      "NET-010",
    );
    assert.equal(found.length, 1);
    assert.match(found[0] ?? "", /^NET-010 medium NetworkPolicy web cuts Pod web off from DNS/);
  });
});

suite("default deny", () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ["no policy", pod("web", "app: web"), ["NET-001", "NET-002"]],
    ["policyTypes left out is ingress only", policy("d", "{ podSelector: {} }"), ["NET-002"]],
    ["both", policy("d", "{ podSelector: {}, policyTypes: [Ingress, Egress] }"), []],
    [
      "a policy that lets everything through denies nothing",
      policy("d", "{ podSelector: {}, ingress: [{}] }"),
      ["NET-001", "NET-002"],
    ],
    [
      "a policy for some pods is no default",
      policy("d", "{ podSelector: { matchLabels: { app: web } } }"),
      ["NET-001", "NET-002"],
    ],
    [
      "a policy for every pod with rules is one",
      policy("d", "{ podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] }"),
      ["NET-002"],
    ],
    ["a policy of another namespace is none", policy("d", "{ podSelector: {} }", "other"), ["NET-001", "NET-002"]],
  ];
  for (const [title, text, expected] of cases) {
    test(title, () => {
      const found = failures(pod("web", "app: web") + text, "NET-001", "NET-002");
      assert.deepEqual([...new Set(found.map((line) => line.slice(0, 7)))], expected);
    });
  }

  test("pods on the host network need none", () =>
    assert.deepEqual(failures(pod("web", "app: web", "hostNetwork: true,"), "NET-001"), []));

  test("the Namespace is blamed when it was given, and the fix replaces no policy", () => {
    const text =
      namespace("shop") +
      pod("web", "app: web") +
      policy("default-deny-ingress", "{ podSelector: { matchLabels: { a: b } } }");
    const finding = evaluate(
      controls.filter(({ id }) => id === "NET-001"),
      snapshotFromText(text),
    ).results[0]?.findings[0];
    assert.equal(finding?.resource?.name, "shop");
    assert.deepEqual(finding.fix?.adds?.[0]?.["metadata"], { name: "default-deny-ingress-2", namespace: "shop" });
  });
});

suite("the two selectors of a peer", () => {
  test("in two items are told with what they mean", () => {
    const found = failures(
      policy(
        "web",
        "{ podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { name: frontend } } }, { podSelector: { matchLabels: { app: frontend } } }] }] }",
      ),
      "NET-011",
    );
    assert.match(
      found[0] ?? "",
      /lets in every pod of namespaces with name=frontend, and besides pods with app=frontend of namespace shop/,
    );
  });
  const silent = [
    "[{ namespaceSelector: { matchLabels: { a: b } }, podSelector: { matchLabels: { c: d } } }]",
    "[{ namespaceSelector: { matchLabels: { a: b } } }, { podSelector: {} }]",
    "[{ podSelector: { matchLabels: { c: d } } }, { namespaceSelector: { matchLabels: { a: b } } }]",
    "[{ namespaceSelector: {} }, { podSelector: { matchLabels: { c: d } } }]",
  ];
  for (const from of silent) {
    test(`${from} is taken as meant`, () =>
      assert.deepEqual(failures(policy("web", `{ podSelector: {}, ingress: [{ from: ${from} }] }`), "NET-011"), []));
  }
});

suite("the label called name", () => {
  const byName = policy(
    "web",
    "{ podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { name: frontend } } }] }] }",
  );
  test("is fine where a Namespace carries it", () =>
    assert.deepEqual(failures(namespace("frontend", "name: frontend") + byName, "NET-013"), []));
  test("is certainly wrong where the Namespace is given without it", () =>
    assert.match(failures(namespace("frontend") + byName, "NET-013")[0] ?? "", /^NET-013 medium/));
  test("is doubtful where no Namespace is given", () =>
    assert.match(failures(byName, "NET-013")[0] ?? "", /^NET-013 low/));
});

suite("the metadata service", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["{ cidr: 0.0.0.0/0 }", "169.254.169.254"],
    ["{ cidr: 0.0.0.0/0, except: [169.254.0.0/16] }", ""],
    ["{ cidr: 0.0.0.0/0, except: [10.0.0.0/8] }", "169.254.169.254"],
    ["{ cidr: 169.254.169.254/32 }", ""],
    ["{ cidr: 10.0.0.0/8 }", ""],
    ["{ cidr: '::/0' }", "fd00:ec2::254"],
  ];
  for (const [block, address] of cases) {
    test(`${block} ${address === "" ? "does not open it" : `opens ${address}`}`, () => {
      const found = failures(web(`{ to: [{ ipBlock: ${block} }] }`), "NET-022");
      assert.equal(found.length, address === "" ? 0 : 1);
      if (address !== "") assert.match(found[0] ?? "", new RegExp(`contains ${address}`));
    });
  }
  test("is not opened by a rule for another port", () =>
    assert.deepEqual(
      failures(web("{ to: [{ ipBlock: { cidr: 0.0.0.0/0 } }], ports: [{ port: 443 }] }"), "NET-022"),
      [],
    ));
});

suite("what the API server rejects", () => {
  const cases: readonly (readonly [string, string, RegExp | undefined])[] = [
    ["NET-008", "{ to: [{ ipBlock: { cidr: 10.0.0.0 } }] }", /is not ADDRESS\/BITS/],
    ["NET-008", "{ to: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.0.0.0/8] } }] }", /not a smaller part/],
    ["NET-008", "{ to: [{ ipBlock: { cidr: 10.0.0.0/8 }, podSelector: {} }] }", /beside a selector/],
    ["NET-008", "{ to: [{ ipBlock: { cidr: '2001:db8::/32', except: ['2001:db8:1::/48'] } }] }", undefined],
    ["NET-025", "{ ports: [{ endPort: 5 }] }", /without port/],
    ["NET-025", "{ ports: [{ port: http, endPort: 5 }] }", /beside the named port/],
    ["NET-025", "{ ports: [{ port: 70000 }] }", /not from 1 to 65535/],
    ["NET-025", "{ ports: [{ protocol: tcp, port: 80 }] }", /protocol tcp is none/],
    ["NET-025", "{ ports: [{ port: 80, endPort: 80 }] }", undefined],
  ];
  for (const [id, rule, expected] of cases) {
    test(rule, () => {
      const found = failures(web(rule), id);
      assert.equal(found.length, expected === undefined ? 0 : 1);
      if (expected !== undefined) assert.match(found[0] ?? "", expected);
    });
  }
});

test("rules without their policy type are told for each direction", () => {
  const found = failures(
    policy("web", "{ podSelector: {}, policyTypes: [Egress], ingress: [{ from: [{ podSelector: {} }] }] }"),
    "NET-012",
  );
  assert.match(
    found[0] ?? "",
    /The ingress rules of NetworkPolicy web are ignored, because policyTypes lists Egress only: every pod stay open/,
  );
});

test("a policy that selects nothing names the value that the label has", () => {
  const found = failures(
    pod("web", "app: webshop") + policy("web", "{ podSelector: { matchLabels: { app: web } } }"),
    "NET-003",
  );
  assert.match(found[0] ?? "", /label app there is webshop/);
});
