import { quote } from "../values/term-text.ts";

/** What Go's netip.ParseAddr says of a text that is no IP address; undefined for one that is. */
export function addressFault(text: string): string | undefined {
  const fault = faultOf(text);
  if (fault === undefined) return undefined;
  const place = fault.at === undefined ? "" : ` (at ${quote(fault.at)})`;
  return `ParseAddr(${quote(text)}): ${fault.message}${place}`;
}

interface Fault {
  readonly message: string;
  readonly at?: string;
}

function faultOf(text: string): Fault | undefined {
  switch (/[.:%]/.exec(text)?.[0]) {
    case ".":
      return v4Fault(text);
    case ":":
      return v6Fault(text);
    case "%":
      return { message: "missing IPv6 address" };
    default:
      return { message: "unable to parse IP" };
  }
}

function v4Fault(text: string): Fault | undefined {
  let value = 0;
  let digits = 0;
  let fields = 0;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (/[0-9]/.test(character)) {
      if (digits === 1 && value === 0) return { message: "IPv4 field has octet with leading zero" };
      value = value * 10 + Number(character);
      digits += 1;
      if (value > 255) return { message: "IPv4 field has value >255" };
    } else if (character === ".") {
      if (i === 0 || i === text.length - 1 || text.charAt(i - 1) === ".") {
        return { message: "IPv4 field must have at least one digit", at: text.slice(i) };
      }
      if (fields === 3) return { message: "IPv4 address too long" };
      fields += 1;
      value = 0;
      digits = 0;
    } else {
      return { message: "unexpected character", at: text.slice(i) };
    }
  }
  return fields < 3 ? { message: "IPv4 address too short" } : undefined;
}

function v6Fault(text: string): Fault | undefined {
  const percent = text.indexOf("%");
  if (percent >= 0 && percent === text.length - 1) return { message: "zone must be a non-empty string" };
  let rest = percent < 0 ? text : text.slice(0, percent);
  let hasGap = false;
  if (rest.startsWith("::")) {
    hasGap = true;
    rest = rest.slice(2);
    if (rest === "") return undefined;
  }
  let groups = 0;
  while (groups < 8) {
    const [digits = ""] = /^[0-9a-fA-F]*/.exec(rest) ?? [];
    if (digits.length > 4) return { message: "each group must have 4 or less digits", at: rest };
    if (digits === "") return { message: "each colon-separated field must have at least one digit", at: rest };
    if (rest.charAt(digits.length) === ".") {
      if (!hasGap && groups !== 6) {
        return { message: "embedded IPv4 address must replace the final 2 fields of the address", at: rest };
      }
      if (groups > 6) {
        return {
          message: "too many hex fields to fit an embedded IPv4 at the end of the address",
          at: rest,
        };
      }
      const fault = v4Fault(rest);
      if (fault !== undefined) return fault;
      rest = "";
      groups += 2;
      break;
    }
    groups += 1;
    rest = rest.slice(digits.length);
    if (rest === "") break;
    if (!rest.startsWith(":")) return { message: "unexpected character, want colon", at: rest };
    if (rest === ":") return { message: "colon must be followed by more characters", at: rest };
    rest = rest.slice(1);
    if (rest.startsWith(":")) {
      if (hasGap) return { message: "multiple :: in address", at: rest };
      hasGap = true;
      rest = rest.slice(1);
      if (rest === "") break;
    }
  }
  if (rest !== "") return { message: "trailing garbage after address", at: rest };
  if (groups < 8) return hasGap ? undefined : { message: "address string too short" };
  return hasGap ? { message: "the :: must expand to at least one field of zeros" } : undefined;
}
