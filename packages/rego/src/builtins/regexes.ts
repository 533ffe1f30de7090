import type { Value } from "../values/value.ts";
import { toUtf8 } from "../values/utf8.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";
import { intOperand, stringOperand } from "./operands.ts";
import { expand } from "./regex/expand.ts";
import { globsIntersect } from "./regex/globs-intersect.ts";
import { type MatchPlaces, Regex, regexes } from "./regex/regex.ts";
import { templatePattern } from "./regex/template.ts";

/** The RE2 engine takes time linear in the text and the pattern; the budget is told of it. */
function compiled(context: BuiltinContext, pattern: string, text: string): Regex {
  if (text.length > 256) context.charge(text.length / 16);
  return context.caches.get(regexes, pattern);
}

function match(context: BuiltinContext, pattern: Value, text: Value): Value {
  const source = stringOperand(pattern, 1);
  const subject = stringOperand(text, 2);
  return compiled(context, source, subject).test(subject);
}

function isValid(_context: BuiltinContext, pattern: Value): Value {
  if (typeof pattern !== "string") return false;
  try {
    return new Regex(pattern).engine !== undefined;
  } catch (error) {
    if (error instanceof BuiltinError) return false;
    throw error;
  }
}

function groupTexts(text: string, places: MatchPlaces): string[] {
  const groups: string[] = [];
  for (let i = 0; i < places.length; i += 2) {
    const start = places[i] ?? -1;
    groups.push(start < 0 ? "" : text.slice(start, places[i + 1]));
  }
  return groups;
}

function find(context: BuiltinContext, pattern: Value, text: Value, limit: Value): Value {
  const source = stringOperand(pattern, 1);
  const subject = stringOperand(text, 2);
  const n = intOperand(limit, 3);
  return compiled(context, source, subject)
    .findAll(subject, n)
    .map((places) => subject.slice(places[0], places[1]));
}

function findGroups(context: BuiltinContext, pattern: Value, text: Value, limit: Value): Value {
  const source = stringOperand(pattern, 1);
  const subject = stringOperand(text, 2);
  const n = intOperand(limit, 3);
  return compiled(context, source, subject)
    .findAll(subject, n)
    .map((places) => groupTexts(subject, places));
}

function split(context: BuiltinContext, pattern: Value, text: Value): Value {
  const source = stringOperand(pattern, 1);
  const subject = stringOperand(text, 2);
  const regex = compiled(context, source, subject);
  if (source !== "" && subject === "") return [""];
  const parts: string[] = [];
  let begin = 0;
  let end = 0;
  for (const [start = 0, stop = 0] of regex.findAll(subject, -1)) {
    end = start;
    if (stop !== 0) parts.push(subject.slice(begin, end));
    begin = stop;
  }
  if (end !== subject.length) parts.push(subject.slice(begin));
  return parts;
}

function replace(context: BuiltinContext, text: Value, pattern: Value, replacement: Value): Value {
  const subject = stringOperand(text, 1);
  const source = stringOperand(pattern, 2);
  const template = stringOperand(replacement, 3);
  const regex = compiled(context, source, subject);
  let result = "";
  let from = 0;
  for (const places of regex.findAll(subject, -1)) {
    const [start = 0, stop = 0] = places;
    result += subject.slice(from, start) + expand(regex, template, subject, places);
    from = stop;
    if (result.length > 65_536) context.charge(template.length / 16 + 1);
  }
  return result + subject.slice(from);
}

function templateMatch(context: BuiltinContext, template: Value, text: Value, open: Value, close: Value): Value {
  const source = stringOperand(template, 1);
  const subject = stringOperand(text, 2);
  const [start, end] = [stringOperand(open, 3), stringOperand(close, 4)];
  const startLength = toUtf8(start).length;
  if (startLength !== 1) {
    throw new BuiltinError(`start delimiter has to be exactly one character long but is ${startLength} long`);
  }
  if (toUtf8(end).length !== 1) {
    throw new BuiltinError(`end delimiter has to be exactly one character long but is ${startLength} long`);
  }
  return compiled(context, templatePattern(source, start, end), subject).test(subject);
}

export const regexFamily: Family = {
  "regex.match": match,
  re_match: match,
  "regex.is_valid": isValid,
  "regex.find_n": find,
  "regex.find_all_string_submatch_n": findGroups,
  "regex.split": split,
  "regex.replace": replace,
  "regex.template_match": templateMatch,
  "regex.globs_match": (_, a, b) => globsIntersect(stringOperand(a, 1), stringOperand(b, 2)),
};
