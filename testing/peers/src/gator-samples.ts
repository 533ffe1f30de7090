/** Folders of policies and manifests that gator test must judge as we do. */
const LABELS = `
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: needslabels }
spec:
  crd:
    spec:
      names: { kind: NeedsLabels }
      validation:
        openAPIV3Schema:
          type: object
          properties:
            labels: { type: array, items: { type: string } }
            note: { type: string, default: please }
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package needslabels
        violation[{"msg": msg, "details": {"missing": label}}] {
          label := input.parameters.labels[_]
          not input.review.object.metadata.labels[label]
          msg := sprintf("%v <%v> needs %v & %v", [input.parameters.note, input.review.object.metadata.name, label, input.review.kind.kind])
        }
`;

const REPLICAS = `
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: fewreplicas }
spec:
  crd:
    spec:
      names: { kind: FewReplicas }
      validation: { openAPIV3Schema: { type: object, properties: { most: { type: integer } } } }
  targets:
    - target: admission.k8s.gatekeeper.sh
      code:
        - engine: K8sNativeValidation
          source:
            variables:
              - { name: count, expression: "has(variables.anyObject.spec.replicas) ? variables.anyObject.spec.replicas : 1" }
            validations:
              - expression: "variables.count <= variables.params.most"
                messageExpression: "'cel: at most ' + string(variables.params.most)"
        - engine: Rego
          source:
            rego: |
              package fewreplicas
              violation[{"msg": msg}] {
                input.review.object.spec.replicas > input.parameters.most
                msg := sprintf("rego: at most %v", [input.parameters.most])
              }
`;

const UNIQUE = `
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: uniquehost }
spec:
  crd: { spec: { names: { kind: UniqueHost } } }
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package uniquehost
        violation[{"msg": msg}] {
          host := input.review.object.spec.rules[_].host
          other := data.inventory.namespace[ns][_]["Ingress"][name]
          other.spec.rules[_].host == host
          not same(ns, name)
          msg := sprintf("%v is taken by %v/%v", [host, ns, name])
        }
        same(ns, name) { ns == input.review.object.metadata.namespace; name == input.review.object.metadata.name }
`;

function constraint(kind: string, name: string, spec: string): string {
  return `
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: ${kind}
metadata: { name: ${name} }
spec: ${spec}
`;
}

function object(apiVersion: string, kind: string, name: string, rest: string, namespace = "team"): string {
  const metadata = namespace === "" ? `{ name: ${name} }` : `{ name: ${name}, namespace: ${namespace} }`;
  return `
apiVersion: ${apiVersion}
kind: ${kind}
metadata: ${metadata}
${rest}
`;
}

const POD = object("v1", "Pod", "web", "spec: { containers: [{ name: a, image: a }] }");
const DEPLOYMENT = object(
  "apps/v1",
  "Deployment",
  "shop",
  "spec: { replicas: 5, selector: { matchLabels: { a: b } }, template: { metadata: { labels: { a: b } }, spec: { containers: [{ name: a, image: a }] } } }",
);

const EXPANSION = `
apiVersion: expansion.gatekeeper.sh/v1alpha1
kind: ExpansionTemplate
metadata: { name: pods }
spec:
  applyTo: [{ groups: [apps], kinds: [Deployment], versions: [v1] }]
  templateSource: spec.template
  generatedGVK: { group: "", version: v1, kind: Pod }
`;

const ASSIGN = `
apiVersion: mutations.gatekeeper.sh/v1
kind: AssignMetadata
metadata: { name: owner }
spec:
  match: { scope: Namespaced, kinds: [{ apiGroups: ["*"], kinds: [Pod] }] }
  location: metadata.labels.owner
  parameters: { assign: { value: me } }
`;

export const GATOR_SAMPLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "nothing is refused": {
    "template.yaml": LABELS,
    "constraint.yaml": constraint("NeedsLabels", "none", "{ parameters: { labels: [] } }"),
    "pod.yaml": POD,
  },
  "one refusal for each label, parameters with defaults, characters that JSON in Go escapes": {
    "template.yaml": LABELS,
    "constraint.yaml": constraint(
      "NeedsLabels",
      "two",
      '{ match: { kinds: [{ apiGroups: [""], kinds: [Pod] }] }, parameters: { labels: [a, b] } }',
    ),
    "pod.yaml": POD,
  },
  "warn, dryrun and an unmatched kind": {
    "template.yaml": LABELS,
    "constraints.yaml": [
      constraint(
        "NeedsLabels",
        "warns",
        "{ enforcementAction: warn, match: { kinds: [{ apiGroups: [''], kinds: [Pod] }] }, parameters: { labels: [w] } }",
      ),
      constraint(
        "NeedsLabels",
        "tries",
        "{ enforcementAction: dryrun, match: { name: we* }, parameters: { labels: [t] } }",
      ),
      constraint(
        "NeedsLabels",
        "other",
        "{ match: { kinds: [{ apiGroups: [apps], kinds: [Pod] }] }, parameters: { labels: [o] } }",
      ),
    ].join("---"),
    "pod.yaml": POD,
  },
  "scoped actions, at this point and at others": {
    "template.yaml": LABELS,
    "constraints.yaml": [
      constraint(
        "NeedsLabels",
        "here",
        "{ enforcementAction: scoped, scopedEnforcementActions: [{ action: deny, enforcementPoints: [{ name: gator.gatekeeper.sh }] }, { action: warn, enforcementPoints: [{ name: '*' }] }], match: { kinds: [{ apiGroups: [''], kinds: [Pod] }] }, parameters: { labels: [h] } }",
      ),
      constraint(
        "NeedsLabels",
        "there",
        "{ enforcementAction: scoped, scopedEnforcementActions: [{ action: deny, enforcementPoints: [{ name: validation.gatekeeper.sh }] }], parameters: { labels: [t] } }",
      ),
      constraint(
        "NeedsLabels",
        "everywhere",
        "{ enforcementAction: scoped, scopedEnforcementActions: [{ action: dryrun, enforcementPoints: [{ name: '*' }] }], match: { kinds: [{ apiGroups: [''], kinds: [Pod] }] }, parameters: { labels: [e] } }",
      ),
    ].join("---"),
    "pod.yaml": POD,
  },
  "code for both engines": {
    "template.yaml": REPLICAS,
    "constraint.yaml": constraint(
      "FewReplicas",
      "few",
      "{ match: { kinds: [{ apiGroups: [apps], kinds: [Deployment] }] }, parameters: { most: 3 } }",
    ),
    "deployment.yaml": DEPLOYMENT,
  },
  "what an expansion template makes, with its action": {
    "template.yaml": LABELS,
    "constraint.yaml": constraint(
      "NeedsLabels",
      "pods",
      "{ match: { kinds: [{ apiGroups: [''], kinds: [Pod] }], source: Generated }, parameters: { labels: [owner, x] } }",
    ),
    "expansion.yaml": EXPANSION,
    "deployment.yaml": DEPLOYMENT,
    "warning.yaml": EXPANSION.replace("name: pods", "name: warns").replace(
      "templateSource",
      "enforcementAction: warn\n  templateSource",
    ),
  },
  "mutators before expansion": {
    "template.yaml": LABELS,
    "constraint.yaml": constraint(
      "NeedsLabels",
      "pods",
      "{ match: { kinds: [{ apiGroups: [''], kinds: [Pod] }] }, parameters: { labels: [owner, x] } }",
    ),
    "expansion.yaml": EXPANSION,
    "assign.yaml": ASSIGN,
    "deployment.yaml": DEPLOYMENT,
    "pod.yaml": POD,
  },
  "selectors of namespaces that are given, and the default one": {
    "template.yaml": LABELS,
    "constraint.yaml": constraint(
      "NeedsLabels",
      "tier",
      "{ match: { kinds: [{ apiGroups: [''], kinds: [Pod] }], namespaceSelector: { matchLabels: { tier: one } } }, parameters: { labels: [a] } }",
    ),
    "namespace.yaml": object("v1", "Namespace", "team", "", "").replace(
      "{ name: team }",
      "{ name: team, labels: { tier: one } }",
    ),
    "pod.yaml": POD,
    "default.yaml": POD.replace("namespace: team", "namespace: default"),
  },
  "namespaces and excluded ones, with globs": {
    "template.yaml": LABELS,
    "constraints.yaml": [
      constraint(
        "NeedsLabels",
        "in",
        "{ match: { kinds: [{ apiGroups: [''], kinds: [Pod] }], namespaces: [te*] }, parameters: { labels: [in] } }",
      ),
      constraint(
        "NeedsLabels",
        "out",
        "{ match: { kinds: [{ apiGroups: [''], kinds: [Pod] }], excludedNamespaces: ['*am'] }, parameters: { labels: [out] } }",
      ),
      constraint(
        "NeedsLabels",
        "scope",
        "{ match: { kinds: [{ apiGroups: [''], kinds: [Pod] }], scope: Cluster }, parameters: { labels: [scope] } }",
      ),
    ].join("---"),
    "pod.yaml": POD,
  },
  "other objects": {
    "template.yaml": UNIQUE,
    "constraint.yaml": constraint(
      "UniqueHost",
      "hosts",
      "{ match: { kinds: [{ apiGroups: [networking.k8s.io], kinds: [Ingress] }] } }",
    ),
    "one.yaml": object("networking.k8s.io/v1", "Ingress", "one", "spec: { rules: [{ host: a.example.com }] }"),
    "two.yaml": object("networking.k8s.io/v1", "Ingress", "two", "spec: { rules: [{ host: a.example.com }] }"),
    "list.yaml": `
apiVersion: v1
kind: List
items:
  - { apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: three, namespace: team }, spec: { rules: [{ host: b.example.com }] } }
`,
  },
};
