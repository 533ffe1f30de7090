import { BuiltinError } from "../errors.ts";
import { parseAddress } from "../ip.ts";
import { Regex } from "../regex/regex.ts";
import { rfc3339 } from "../time/layout.ts";
import { parseTime } from "../time/parse.ts";
import { parseUrl } from "../url.ts";
import { byteLength } from "../../values/utf8.ts";

function succeeds(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof BuiltinError) return false;
    throw error;
  }
}

function isTime(text: string, ...layouts: readonly string[]): boolean {
  return layouts.some((layout) => succeeds(() => parseTime(layout, text)));
}

const uuid = /^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$/i;
const hostLabel = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;
const pointer = /^(?:\/(?:[^~/]|~0|~1)*)*$/;
const relativePointer = /^(?:0|[1-9][0-9]*)(?:#|(?:\/(?:[^~/]|~0|~1)*)*)$/;
const atom = String.raw`[A-Za-z0-9!#$%&'*+/=?^_\u0060{|}~\-\u0080-\uffff]+`;
const localPart = String.raw`(?:${atom}(?:\.${atom})*|"(?:[^"\\]|\\.)*")`;
const domain = String.raw`(?:${atom}(?:\.${atom})*|\[[!-Z^-~]*\])`;
const address = String.raw`${localPart}@${domain}`;
const mailbox = new RegExp(String.raw`^\s*(?:${address}|(?:(?:${atom}|"(?:[^"\\]|\\.)*"|[. ])+\s*)?<${address}>)\s*$`);

function isUri(text: string): boolean {
  return !text.includes("\\") && succeeds(() => parseUrl(text));
}

function isUriTemplate(text: string): boolean {
  if (!isUri(text)) return false;
  // Braces are balanced and do not nest.
  return /^(?:[^{]|\{[^}]*\})*$/.test(parseUrl(text).path);
}

const checks: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ["date", (text) => isTime(text, "2006-01-02")],
  ["time", (text) => isTime(text, "15:04:05Z07:00", "15:04:05")],
  ["date-time", (text) => isTime(text, "15:04:05", "15:04:05Z07:00", "2006-01-02", rfc3339)],
  ["hostname", (text) => byteLength(text) < 256 && text.split(".").every((label) => hostLabel.test(label))],
  ["email", (text) => mailbox.test(text)],
  ["idn-email", (text) => mailbox.test(text)],
  ["ipv4", (text) => text.includes(".") && parseAddress(text) !== undefined],
  ["ipv6", (text) => text.includes(":") && parseAddress(text) !== undefined],
  ["uri", (text) => isUri(text) && parseUrl(text).scheme !== ""],
  ["uri-reference", isUri],
  ["iri", (text) => isUri(text) && parseUrl(text).scheme !== ""],
  ["iri-reference", isUri],
  ["uri-template", isUriTemplate],
  ["uuid", (text) => uuid.test(text)],
  ["regex", (text) => succeeds(() => new Regex(text))],
  ["json-pointer", (text) => pointer.test(text)],
  ["relative-json-pointer", (text) => relativePointer.test(text)],
]);

/** Whether a string has a format; unknown formats are no requirement. */
export function hasFormat(format: string, text: string): boolean {
  const check = checks.get(format);
  return check === undefined || check(text);
}
