import type { JsonObject, JsonValue } from "@redoubt/kube";
import type { SeededRandom } from "@redoubt/peers";

/** An expression of a policy and the object that it judges. */
export interface ExpressionPair {
  readonly expression: string;
  readonly object: JsonObject;
}

type Words = readonly [string, ...string[]];

const WORDS: Words = [
  "",
  "a",
  "nginx",
  "nginx:1.27",
  "Grüße",
  "a-b.c",
  "-a",
  "A",
  "true",
  "1",
  "default",
  "x".repeat(64),
];
const QUANTITIES: Words = ["1", "500m", "1Gi", "1.5G", "-2k", "0", "1e3", "abc", "1.5", "12E", "", "1 Gi"];
const ADDRESSES: Words = [
  "10.0.0.1",
  "::1",
  "2001:db8::68",
  "10.0.0",
  "::ffff:1.2.3.4",
  "0.0.0.0",
  "fe80::1%eth0",
  "010.1.1.1",
];
const NETWORKS: Words = ["10.0.0.0/8", "10.0.0.1/8", "2001:db8::/32", "0.0.0.0/0", "10.0.0.0/33", "10.0.0.0"];
const URLS: Words = [
  "https://example.com:8080/a/b?x=1&x=2",
  "http://[::1]:80/",
  "/only/path",
  "ftp://u:p@host",
  "not a url",
  "https://example.com/%zz",
];
const VERSIONS: Words = ["1.2.3", "v1.2.3", "1.2.3-rc.1+b", "1.2", "01.2.3", "2.0.0"];
const PATTERNS: Words = ["^[a-z]+$", "n.*x", "(a", "\\\\d+", "[[:alpha:]]", "(?i)NGINX", "a{2,1}"];
const TIMES: Words = ["2024-02-29T12:00:00Z", "2021-01-01T00:00:00.5+02:00", "2021-13-01T00:00:00Z", "x"];
const DURATIONS: Words = ["1h30m", "90s", "-5ms", "1d", "1.5h", ""];
const FORMATS: Words = [
  "dns1123Label",
  "dns1123Subdomain",
  "dns1035Label",
  "qualifiedName",
  "labelValue",
  "uri",
  "uuid",
  "byte",
  "date",
  "datetime",
  "dns1123LabelPrefix",
  "nope",
];

type Template = (random: SeededRandom) => string;

function quoted(random: SeededRandom, values: Words): string {
  return `'${random.pick(values)}'`;
}

function number(random: SeededRandom): number {
  return random.integer(-2, 6);
}

/** One or more of each library. Each gives a bool, or something that `string` takes. */
const TEMPLATES: Readonly<Record<string, readonly Template[]>> = {
  fields: [
    () => "object.spec.name",
    () => "has(object.spec.name) && object.spec.name.startsWith('n')",
    () => "object.spec.count + 1",
    (random) => `object.spec.count / ${number(random)}`,
    () => "object.spec.items[1].image",
    () => "object.spec.items.all(i, has(i.image))",
    (random) => `object.spec.labels['${random.pick(["app", "tier", "x"])}']`,
    () => "'app' in object.spec.labels",
    () => "object.spec.count == 1 || object.spec.absent == 1",
    () => "object.spec.ratio * 2.0",
    () => "object.metadata.name == request.name && request.operation == 'CREATE'",
    () => "oldObject == null && request.kind.kind == 'Sample'",
    () => "namespaceObject.metadata.name + '/' + request.namespace",
    () => "request.userInfo.username",
    () => "size(object.spec.items) > object.spec.count",
    () => "object.spec.name < object.spec.labels.app",
  ],
  nulls: [
    () => "{'a': null}.a == null",
    () => "has({'a': null}.a)",
    () => "{'a': null}['a'] == null && {'a': null}.?a.hasValue()",
    () => "dyn({'a': null}).a.b == 1",
    () => "has(dyn({'a': null}).a.b)",
    () => "[null].exists(n, n == null)",
    () => "{'a': null} == {'a': null}",
    () => "'a' in {'a': null}",
    () => "{'a': null}.transformMap(k, v, v == null)['a']",
    () => "oldObject.metadata.name == 'x'",
    () => "has(oldObject.metadata)",
    () => "string(null)",
    () => "type(null) == null_type",
    () => "null < 1",
  ],
  optional: [
    () => "object.spec.?name.orValue('none')",
    (random) => `object.spec.?items[?${number(random)}].?image.orValue('none')`,
    () => "object.?spec.?absent.hasValue()",
    () => "object.spec.?name.optMap(n, n + '!').orValue('?')",
    () => "object.spec.?count.value() > 1",
    () => "[?object.spec.?name, ?object.spec.?absent].size()",
  ],
  quantity: [
    (random) => `quantity(${quoted(random, QUANTITIES)}).isGreaterThan(quantity(object.spec.memory))`,
    (random) => `isQuantity(${quoted(random, QUANTITIES)})`,
    (random) => `quantity(object.spec.memory).add(quantity(${quoted(random, QUANTITIES)})).asApproximateFloat()`,
    () => "quantity(object.spec.memory).asInteger()",
    (random) => `quantity(object.spec.memory).compareTo(quantity(${quoted(random, QUANTITIES)}))`,
    () => "quantity(object.spec.memory).sub(1000).sign()",
  ],
  url: [
    (random) => `url(${quoted(random, URLS)}).getHost()`,
    (random) => `url(${quoted(random, URLS)}).getHostname() + '|' + url(${quoted(random, URLS)}).getPort()`,
    (random) => `isURL(${quoted(random, URLS)})`,
    (random) => `url(${quoted(random, URLS)}).getEscapedPath()`,
    (random) => `url(${quoted(random, URLS)}).getQuery()['x'].size()`,
    (random) => `url(${quoted(random, URLS)}).getScheme()`,
  ],
  ip: [
    (random) => `ip(${quoted(random, ADDRESSES)}).family()`,
    (random) => `isIP(${quoted(random, ADDRESSES)})`,
    (random) => `ip.isCanonical(${quoted(random, ADDRESSES)})`,
    (random) => `string(ip(${quoted(random, ADDRESSES)}))`,
    (random) => `ip(object.spec.address).isLoopback() || ip(${quoted(random, ADDRESSES)}).isUnspecified()`,
  ],
  cidr: [
    (random) => `cidr(${quoted(random, NETWORKS)}).containsIP(object.spec.address)`,
    (random) => `cidr(${quoted(random, NETWORKS)}).containsCIDR(${quoted(random, NETWORKS)})`,
    (random) => `cidr(${quoted(random, NETWORKS)}).prefixLength()`,
    (random) => `string(cidr(${quoted(random, NETWORKS)}).masked())`,
    (random) => `isCIDR(${quoted(random, NETWORKS)})`,
  ],
  regex: [
    (random) => `object.spec.name.matches('${random.pick(PATTERNS)}')`,
    (random) => `object.spec.name.find('${random.pick(PATTERNS)}')`,
    (random) => `object.spec.name.findAll('${random.pick(PATTERNS)}', ${number(random)}).size()`,
  ],
  lists: [
    () => "object.spec.numbers.isSorted()",
    () => "object.spec.numbers.sum()",
    () => "object.spec.numbers.max()",
    () => "object.spec.numbers.min() < 0",
    (random) => `object.spec.numbers.indexOf(${number(random)})`,
    () => "object.spec.numbers.filter(n, n > 1).map(n, n * n).lastIndexOf(4)",
  ],
  comprehensions: [
    () => "object.spec.labels.all(k, v, k != v)",
    () => "object.spec.numbers.exists(i, n, i == n)",
    () => "object.spec.labels.transformList(k, v, k + '=' + v).size()",
    () => "object.spec.labels.transformMap(k, v, v.size())['app']",
    () => "object.spec.numbers.existsOne(i, n, n > i)",
    () => "object.spec.items.exists_one(i, i.image == 'nginx')",
  ],
  sets: [
    () => "sets.contains(object.spec.numbers, [1])",
    () => "sets.intersects(object.spec.numbers, [2, 3])",
    () => "object.spec.numbers.map(n, string(n)).join('-')",
    () => "sets.equivalent(object.spec.numbers, [1, 2, 3])",
  ],
  semver: [
    (random) => `semver(${quoted(random, VERSIONS)}).isLessThan(semver('2.0.0'))`,
    (random) => `isSemver(${quoted(random, VERSIONS)})`,
    (random) => `semver(${quoted(random, VERSIONS)}).major() + semver('1.2.3').patch()`,
    (random) => `semver(${quoted(random, VERSIONS)}, true).minor()`,
  ],
  format: [
    (random) => `format.${random.pick(FORMATS)}().validate(object.spec.name).hasValue()`,
    (random) => `format.${random.pick(FORMATS)}().validate(object.spec.name).orValue([]).join(';')`,
    (random) => `format.named('${random.pick(FORMATS)}').hasValue()`,
  ],
  strings: [
    (random) => `object.spec.name.substring(${number(random)}, ${number(random)})`,
    (random) => `object.spec.name.charAt(${number(random)})`,
    () => "object.spec.name.lowerAscii().replace('n', 'm')",
    () => "object.spec.name.split(':').size()",
    () => "object.spec.name.indexOf('n')",
    () => "'%s has %d of %.2f'.format([object.spec.name, object.spec.count, object.spec.ratio])",
    () => "object.spec.name.trim().upperAscii() + strings.quote(object.spec.name)",
  ],
  conversions: [
    () => "int(object.spec.name)",
    () => "double(object.spec.memory)",
    () => "bool(object.spec.name)",
    (random) => `timestamp(${quoted(random, TIMES)}).getFullYear()`,
    (random) => `timestamp(${quoted(random, TIMES)}) - timestamp('2020-01-01T00:00:00Z') > duration('1h')`,
    (random) => `duration(${quoted(random, DURATIONS)}).getSeconds()`,
    () => "uint(object.spec.count)",
    () => "type(object.spec.count) == int",
  ],
  authorizer: [
    (random) =>
      `authorizer.group('apps').resource('deployments').namespace('${random.pick(["team", "default"])}').check('${random.pick(["create", "delete"])}').allowed()`,
    (random) => `authorizer.requestResource.check('${random.pick(["create", "delete"])}').reason()`,
    (random) => `authorizer.path('${random.pick(["/healthz", "/x", ""])}').check('get').allowed()`,
    (random) =>
      `authorizer.serviceAccount('team', '${random.pick(["robot", "Bad Name"])}').group('').resource('pods').check('get').errored()`,
  ],
  errors: [
    () => "object.spec.count.foo",
    () => "spec.name == 'a'",
    () => "object.spec.name = 'a'",
    () => "1 + 'a' == 2",
    () => "object.spec.items.all(i, i",
    () => "quantity('1').foo()",
    () => "url(1).getHost()",
    () => "has(object)",
    () => "object.spec.items.map(i, i.name",
  ],
};

/** Known to 1.34, which takes them in policies that are stored already: new ones may have them once no older API server can be there. */
export const NOT_YET_IN_NEW_POLICIES: readonly string[] = [
  "[3, 1].sort() == [1, 3]",
  "[1, 1].distinct() == [1]",
  "[1, 2].slice(0, 1) == [1]",
  "[[1], [2]].flatten() == [1, 2]",
  "lists.range(2) == [0, 1]",
  "[1, 2].reverse() == [2, 1]",
];

/** `rounds` pairs of each template. */
export function generateExpressions(random: SeededRandom, rounds: number): readonly ExpressionPair[] {
  const pairs: ExpressionPair[] = [];
  for (const templates of Object.values(TEMPLATES)) {
    for (const template of templates) {
      for (let round = 0; round < rounds; round++) {
        pairs.push({ expression: template(random), object: generateSample(random, `sample-${pairs.length}`) });
      }
    }
  }
  return pairs;
}

function generateSample(random: SeededRandom, name: string): JsonObject {
  const items = Array.from({ length: random.integer(0, 3) }, (): JsonValue => {
    return random.chance(0.8) ? { name: "i", image: random.pick(["nginx", "redis", "busybox:1"]) } : { name: "j" };
  });
  const numbers = Array.from({ length: random.integer(0, 4) }, () => random.integer(-1, 4));
  const spec: JsonObject = {
    ...(random.chance(0.85) ? { name: random.pick(WORDS) } : {}),
    ...(random.chance(0.9) ? { count: random.integer(0, 3) } : {}),
    ...(random.chance(0.9) ? { ratio: random.pick([0.5, 1.25, -3.5]) } : {}),
    ...(random.chance(0.9) ? { memory: random.pick(QUANTITIES) } : {}),
    ...(random.chance(0.9) ? { address: random.pick(ADDRESSES) } : {}),
    items,
    numbers,
    labels: random.chance(0.8) ? { app: random.pick(["web", "app"]), tier: "tier" } : {},
  };
  return {
    apiVersion: "test.redoubt.dev/v1",
    kind: "Sample",
    metadata: { name, namespace: "team", labels: { case: name } },
    spec,
  };
}
