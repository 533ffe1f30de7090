/** Whether a match block has the form that Gatekeeper's kinds give it: what is of another type must not count as absent. */
import { type JsonObject, type JsonValue, isJsonObject } from "@redoubt/kube";

type Form = "text" | "texts" | { readonly [field: string]: Form } | readonly [Form];

const SELECTOR: Form = { matchExpressions: [{ key: "text", operator: "text", values: "texts" }] };
const MATCH: Form = {
  kinds: [{ apiGroups: "texts", kinds: "texts" }],
  scope: "text",
  namespaces: "texts",
  excludedNamespaces: "texts",
  labelSelector: SELECTOR,
  namespaceSelector: SELECTOR,
  name: "text",
  source: "text",
};

/** What is of another type than it must be, each with its field. Absent fields are, like null, as they may be. */
export function matchFormProblems(match: JsonObject): readonly string[] {
  const ofLabels = ["labelSelector", "namespaceSelector"].flatMap((field) => {
    const selector = match[field];
    const labels = isJsonObject(selector) ? (selector["matchLabels"] ?? {}) : {};
    const isFine = isJsonObject(labels) && Object.values(labels).every((value) => typeof value === "string");
    return isFine ? [] : [`spec.match.${field}.matchLabels: must be a mapping of texts`];
  });
  return [...problemsOf(match, MATCH, "spec.match"), ...ofLabels];
}

function problemsOf(value: JsonValue, form: Form, path: string): readonly string[] {
  if (value === null) return [];
  if (form === "text") return typeof value === "string" ? [] : [`${path}: must be a text`];
  if (form === "texts") {
    const isFine = Array.isArray(value) && value.every((item) => typeof item === "string");
    return isFine ? [] : [`${path}: must be a list of texts`];
  }
  if (isListForm(form)) {
    if (!Array.isArray(value)) return [`${path}: must be a list`];
    return value.flatMap((item, index) => problemsOf(item, form[0], `${path}[${index}]`));
  }
  if (!isJsonObject(value)) return [`${path}: must be a mapping`];
  return Object.entries(form).flatMap(([field, inner]) => {
    const item = value[field];
    return item === undefined ? [] : problemsOf(item, inner, `${path}.${field}`);
  });
}

function isListForm(form: Form): form is readonly [Form] {
  return Array.isArray(form);
}
