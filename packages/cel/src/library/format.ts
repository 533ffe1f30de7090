/** Kubernetes' named formats: `format.dns1123Label().validate(name)`, with the messages of k8s.io/apimachinery's validation. */
import { declareFunction, memberOverload, overload, type FunctionDeclaration } from "../check/declarations.ts";
import { listType, optionalType, STRING, structType, type Type } from "../types/type.ts";
import { NO_OVERLOAD } from "../values/arithmetic.ts";
import { stringList } from "../values/native.ts";
import { parseUrl } from "../values/url.ts";
import { type CelError, NONE, ObjectValue, OptionalValue, type Value } from "../values/value.ts";

const FORMAT = structType("kubernetes.NamedFormat");

type Validate = (text: string) => readonly string[];

export class NamedFormat extends ObjectValue {
  readonly name: string;
  readonly validate: Validate;
  /** What costs count for the pattern. */
  readonly maxPatternSize: number;

  constructor(name: string, validate: Validate, maxPatternSize: number) {
    super();
    this.name = name;
    this.validate = validate;
    this.maxPatternSize = maxPatternSize;
  }

  override get type(): Type {
    return FORMAT;
  }

  override equals(other: Value): boolean | CelError {
    return other instanceof NamedFormat ? this.name === other.name : NO_OVERLOAD;
  }
}

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
const QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const LABEL_1035_RULE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
const QUALIFIED_RULE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const LABEL_VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

function ruleError(rule: string, pattern: string, ...examples: readonly string[]): string {
  const quoted = examples.map((example) => `'${example}', `).join(" or ");
  return `${rule} (e.g. ${quoted}regex used for validation is '${pattern}')`;
}

function tooLong(text: string, most: number): readonly string[] {
  return byteLength(text) > most ? [`must be no more than ${most} characters`] : [];
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

const label: Validate = (text) => {
  const long = tooLong(text, 63);
  if (whole(LABEL).test(text)) return long;
  if (whole(SUBDOMAIN).test(text)) return [...long, "must not contain dots"];
  return [...long, ruleError(LABEL_RULE, LABEL, "my-name", "123-abc")];
};

const subdomain: Validate = (text) =>
  whole(SUBDOMAIN).test(text)
    ? tooLong(text, 253)
    : [...tooLong(text, 253), ruleError(SUBDOMAIN_RULE, SUBDOMAIN, "example.com")];

const label1035: Validate = (text) =>
  whole(LABEL_1035).test(text)
    ? tooLong(text, 63)
    : [...tooLong(text, 63), ruleError(LABEL_1035_RULE, LABEL_1035, "my-name", "abc-123")];

/** A name that will be completed may end in a dash. */
function prefix(validate: Validate): Validate {
  return (text) => validate(text.length > 1 && text.endsWith("-") ? `${text.slice(0, -2)}a` : text);
}

const qualifiedName: Validate = (text) => {
  const parts = text.split("/");
  const [first = "", second] = parts;
  if (parts.length > 2) {
    const rule = ruleError(QUALIFIED_RULE, QUALIFIED, "MyName", "my.name", "123-abc");
    return [`a qualified name ${rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const prefixProblems =
    second === undefined
      ? []
      : first === ""
        ? ["prefix part must be non-empty"]
        : subdomain(first).map((problem) => `prefix part ${problem}`);
  const name = second ?? first;
  const problems: string[] =
    name === "" ? ["name part must be non-empty"] : tooLong(name, 63).map((problem) => `name part ${problem}`);
  if (!whole(QUALIFIED).test(name)) {
    problems.push(`name part ${ruleError(QUALIFIED_RULE, QUALIFIED, "MyName", "my.name", "123-abc")}`);
  }
  return [...prefixProblems, ...problems];
};

const labelValue: Validate = (text) => {
  const pattern = `(${QUALIFIED})?`;
  const long = tooLong(text, 63);
  if (whole(pattern).test(text)) return long;
  return [...long, ruleError(LABEL_VALUE_RULE, pattern, "MyValue", "my_value", "12345")];
};

const uri: Validate = (text) => {
  const parsed = parseUrl(text, true);
  return typeof parsed === "string" ? [parsed] : [];
};

function matching(pattern: RegExp, message: string): Validate {
  return (text) => (pattern.test(text) ? [] : [message]);
}

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year === undefined) return false;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

function isDateTime(text: string): boolean {
  const [date = "", time] = text.toLowerCase().split("t");
  if (time === undefined || !isDate(date)) return false;
  const [, hour, minute, second] = /^(\d\d):(\d\d):(\d\d)(?:.\d+)?(?:z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  return hour !== undefined && hour <= "23" && (minute ?? "") <= "59" && (second ?? "") <= "59";
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/;

const FORMATS: ReadonlyMap<string, NamedFormat> = new Map([
  ["dns1123Label", new NamedFormat("DNS1123Label", label, 30)],
  ["dns1123Subdomain", new NamedFormat("DNS1123Subdomain", subdomain, 60)],
  ["dns1035Label", new NamedFormat("DNS1035Label", label1035, 30)],
  ["qualifiedName", new NamedFormat("QualifiedName", qualifiedName, 60)],
  ["dns1123LabelPrefix", new NamedFormat("DNS1123LabelPrefix", prefix(label), 30)],
  ["dns1123SubdomainPrefix", new NamedFormat("DNS1123SubdomainPrefix", prefix(subdomain), 60)],
  ["dns1035LabelPrefix", new NamedFormat("DNS1035LabelPrefix", prefix(label1035), 30)],
  ["labelValue", new NamedFormat("LabelValue", labelValue, 40)],
  ["uri", new NamedFormat("URI", uri, 1103)],
  ["uuid", new NamedFormat("uuid", matching(UUID, "does not match the UUID format"), 70)],
  ["byte", new NamedFormat("byte", matching(BASE64, "invalid base64"), 84)],
  ["date", new NamedFormat("date", (text) => (isDate(text) ? [] : ["invalid date"]), 71)],
  ["datetime", new NamedFormat("datetime", (text) => (isDateTime(text) ? [] : ["invalid datetime"]), 71)],
]);

function validated(format: Value, text: Value): Value {
  if (!(format instanceof NamedFormat) || typeof text !== "string") return NO_OVERLOAD;
  const problems = format.validate(text);
  return problems.length === 0 ? NONE : new OptionalValue(stringList(problems));
}

export const FORMAT_FUNCTIONS: readonly FunctionDeclaration[] = [
  declareFunction("validate", [
    memberOverload("format-validate", [FORMAT, STRING], optionalType(listType(STRING)), (format = null, text = null) =>
      validated(format, text),
    ),
  ]),
  declareFunction("format.named", [
    overload("format-named", [STRING], optionalType(FORMAT), (name) => {
      if (typeof name !== "string") return NO_OVERLOAD;
      const format = FORMATS.get(name);
      return format === undefined ? NONE : new OptionalValue(format);
    }),
  ]),
  ...Array.from(FORMATS, ([name, format]) =>
    declareFunction(`format.${name}`, [overload(`format.${name}`, [], FORMAT, () => format)]),
  ),
];
