import { bitLength, decimalDigits } from "../values/big-float.ts";
import { quote } from "../values/term-text.ts";
import { characterCount, toUtf8 } from "../values/utf8.ts";

/*
 * The formatting language of Go's fmt.Sprintf for the four types that OPA hands it: float64, int64, *big.Int, string.
 * What is wrong with a verb or its operand shows in the output as Go shows it, `%!d(string=x)`.
 */

/** An operand by its Go type. */
export type FormatOperand =
  | { readonly type: "float64"; readonly value: number }
  | { readonly type: "int64" | "*big.Int"; readonly value: bigint }
  | { readonly type: "string"; readonly value: string };

interface Flags {
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  width: number | undefined;
  precision: number | undefined;
}

const limit = 1e6;

export function goFormat(format: string, operands: readonly FormatOperand[]): string {
  return new Formatter(format, operands).format();
}

class Formatter {
  readonly #format: string;
  readonly #operands: readonly FormatOperand[];
  #at = 0;
  #operand = 0;
  #reordered = false;
  #goodIndex = true;
  #output = "";

  constructor(format: string, operands: readonly FormatOperand[]) {
    this.#format = format;
    this.#operands = operands;
  }

  format(): string {
    const format = this.#format;
    for (;;) {
      const percent = format.indexOf("%", this.#at);
      if (percent < 0) break;
      this.#output += format.slice(this.#at, percent);
      this.#at = percent + 1;
      this.#verb();
    }
    this.#output += format.slice(this.#at);
    if (!this.#reordered && this.#operand < this.#operands.length) this.#extra();
    return this.#output;
  }

  #extra(): void {
    const rest = this.#operands.slice(this.#operand);
    this.#output += `%!(EXTRA ${rest.map((operand) => `${operand.type}=${plainText(operand)}`).join(", ")})`;
  }

  /** One `%`, flags, [index], width, .precision, [index], verb. */
  #verb(): void {
    const flags = this.#flags();
    this.#goodIndex = true;
    let afterIndex = this.#index();
    if (this.#format.charAt(this.#at) === "*") {
      this.#at += 1;
      flags.width = this.#intOperand();
      if (flags.width === undefined) this.#output += "%!(BADWIDTH)";
      else if (flags.width < 0) {
        flags.width = -flags.width;
        flags.minus = true;
        flags.zero = false;
      }
      afterIndex = false;
    } else {
      flags.width = this.#number();
      if (afterIndex && flags.width !== undefined) this.#goodIndex = false;
    }
    if (this.#format.charAt(this.#at) === ".") {
      this.#at += 1;
      if (afterIndex) this.#goodIndex = false;
      afterIndex = this.#index();
      if (this.#format.charAt(this.#at) === "*") {
        this.#at += 1;
        const precision = this.#intOperand();
        if (precision === undefined) this.#output += "%!(BADPREC)";
        else if (precision >= 0) flags.precision = precision;
        else this.#output += "%!(BADPREC)";
        afterIndex = false;
      } else {
        flags.precision = this.#number() ?? 0;
      }
    }
    if (!afterIndex) this.#index();
    this.#write(flags);
  }

  #write(flags: Flags): void {
    if (this.#at >= this.#format.length) {
      this.#output += "%!(NOVERB)";
      return;
    }
    const verb = String.fromCodePoint(this.#format.codePointAt(this.#at) ?? 0);
    this.#at += verb.length;
    if (verb === "%") {
      this.#output += "%";
      return;
    }
    if (!this.#goodIndex) {
      this.#output += `%!${verb}(BADINDEX)`;
      return;
    }
    const operand = this.#operands[this.#operand];
    if (operand === undefined) {
      this.#output += `%!${verb}(MISSING)`;
      return;
    }
    this.#operand += 1;
    this.#output += formatOperand(operand, verb, flags);
  }

  #flags(): Flags {
    const flags: Flags = {
      minus: false,
      plus: false,
      sharp: false,
      space: false,
      zero: false,
      width: undefined,
      precision: undefined,
    };
    for (; ; this.#at += 1) {
      switch (this.#format.charAt(this.#at)) {
        case "#":
          flags.sharp = true;
          break;
        case "0":
          flags.zero = true;
          break;
        case "+":
          flags.plus = true;
          break;
        case "-":
          flags.minus = true;
          break;
        case " ":
          flags.space = true;
          break;
        default:
          return flags;
      }
    }
  }

  /** A width or precision. One that goes on once it is too large takes the rest of the format with it. */
  #number(): number | undefined {
    const start = this.#at;
    let number = 0;
    for (; /[0-9]/.test(this.#format.charAt(this.#at)); this.#at += 1) {
      if (number > limit) {
        this.#at = this.#format.length;
        return undefined;
      }
      number = number * 10 + Number(this.#format.charAt(this.#at));
    }
    return start === this.#at ? undefined : number;
  }

  /** `[n]` chooses the operand to take next. Whether one was found. */
  #index(): boolean {
    if (this.#format.charAt(this.#at) !== "[") return false;
    this.#reordered = true;
    const end = this.#format.indexOf("]", this.#at);
    if (end < 0) {
      this.#goodIndex = false;
      this.#at += 1;
      return false;
    }
    const text = this.#format.slice(this.#at + 1, end);
    const index = /^[0-9]+$/.test(text) ? Number(text) - 1 : -1;
    this.#at = end + 1;
    if (index < 0 || index >= this.#operands.length) {
      this.#goodIndex = false;
      return true;
    }
    this.#operand = index;
    return true;
  }

  #intOperand(): number | undefined {
    const operand = this.#operands[this.#operand];
    if (operand === undefined) return undefined;
    this.#operand += 1;
    if (operand.type !== "int64") return undefined;
    const value = Number(operand.value);
    return Math.abs(value) > limit ? undefined : value;
  }
}

/** `%v` without flags. */
function plainText(operand: FormatOperand): string {
  if (operand.type === "string") return operand.value;
  return operand.type === "float64" ? floatText(operand.value, "g", undefined) : operand.value.toString();
}

/** The operand is shown plainly, but with the flags that were meant for the verb. */
function badVerb(operand: FormatOperand, verb: string, flags: Flags): string {
  const plainVerbs = { float64: "g", int64: "d", "*big.Int": "d", string: "s" } as const;
  return `%!${verb}(${operand.type}=${formatOperand(operand, plainVerbs[operand.type], flags)})`;
}

function formatOperand(operand: FormatOperand, verb: string, flags: Flags): string {
  if (verb === "T") return pad(cut(operand.type, flags), { ...flags, zero: false });
  switch (operand.type) {
    case "string":
      return formatString(operand, verb, flags);
    case "float64":
      return formatFloat(operand, verb, flags);
    case "int64":
      return formatInteger(operand, operand.value, verb, flags);
    case "*big.Int":
      return formatBigInteger(operand, operand.value, verb, flags);
  }
}

function pad(text: string, flags: Flags, length: number = characterCount(text)): string {
  if (flags.width === undefined || flags.width <= length) return text;
  const padding = flags.width - length;
  if (flags.minus) return text + " ".repeat(padding);
  return (flags.zero ? "0" : " ").repeat(padding) + text;
}

function formatString(operand: FormatOperand & { type: "string" }, verb: string, flags: Flags): string {
  const { value } = operand;
  switch (verb) {
    case "v":
      return flags.sharp ? formatQuoted(value, { ...flags, sharp: false }) : pad(cut(value, flags), flags);
    case "s":
      return pad(cut(value, flags), flags);
    case "q":
      return formatQuoted(value, flags);
    case "x":
    case "X":
      return formatHex(value, verb === "X", flags);
    default:
      return badVerb(operand, verb, flags);
  }
}

function cut(text: string, flags: Flags): string {
  if (flags.precision === undefined || text.length <= flags.precision) return text;
  return Array.from(text).slice(0, flags.precision).join("");
}

function formatQuoted(value: string, flags: Flags): string {
  const text = cut(value, flags);
  if (flags.sharp && !/[`\u0000-\u0008\u000a-\u001f\u007f\ufeff\ud800-\udfff]/u.test(text)) {
    return pad(`\`${text}\``, flags);
  }
  return pad(flags.plus ? quoteToAscii(text) : quote(text), flags);
}

function quoteToAscii(text: string): string {
  return asciiOnly(quote(text));
}

function asciiOnly(quoted: string): string {
  return quoted.replaceAll(/[^\0-\x7f]/gu, (found) => {
    const code = found.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

function formatHex(value: string, upper: boolean, flags: Flags): string {
  let bytes = toUtf8(value);
  if (flags.precision !== undefined) bytes = bytes.subarray(0, flags.precision);
  if (bytes.length === 0) return pad("", flags);
  let prefix = "";
  if (flags.sharp) prefix = upper ? "0X" : "0x";
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  let text = prefix + pairs.join(flags.space ? ` ${prefix}` : "");
  if (upper) text = text.toUpperCase();
  return pad(text, flags);
}

function formatInteger(operand: FormatOperand, value: bigint, verb: string, flags: Flags): string {
  switch (verb) {
    case "v":
    case "d":
      return integerText(value, 10, verb, flags);
    case "b":
      return integerText(value, 2, verb, flags);
    case "o":
    case "O":
      return integerText(value, 8, verb, flags);
    case "x":
    case "X":
      return integerText(value, 16, verb, flags);
    case "c":
      return pad(character(value), flags);
    case "q": {
      const quoted = quoteCharacter(character(value));
      return pad(flags.plus ? asciiOnly(quoted) : quoted, flags);
    }
    case "U":
      return unicodeText(value, flags);
    default:
      return badVerb(operand, verb, flags);
  }
}

function character(value: bigint): string {
  const valid = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value <= 0xdfffn);
  return valid ? String.fromCodePoint(Number(value)) : "\ufffd";
}

function quoteCharacter(text: string): string {
  if (text === "'") return String.raw`'\''`;
  return text === '"' ? `'"'` : `'${quote(text).slice(1, -1)}'`;
}

function unicodeText(value: bigint, flags: Flags): string {
  const code = BigInt.asUintN(64, value);
  const digits = code
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, flags.precision ?? 4), "0");
  let text = `U+${digits}`;
  if (flags.sharp && code <= 0x10ffffn && quote(character(code)).length <= 4 && quote(character(code))[1] !== "\\") {
    text += ` '${character(code)}'`;
  }
  return pad(text, { ...flags, zero: false });
}

function integerText(value: bigint, base: number, verb: string, flags: Flags): string {
  const negative = value < 0n;
  const magnitude = negative ? -value : value;
  let least = 0;
  if (flags.precision !== undefined) {
    least = flags.precision;
    if (least === 0 && magnitude === 0n) return pad("", { ...flags, zero: false });
  } else if (flags.zero && !flags.minus && flags.width !== undefined) {
    least = flags.width - (negative || flags.plus || flags.space ? 1 : 0);
  }
  let digits = magnitude.toString(base).padStart(least, "0");
  if (flags.sharp) {
    if (base === 2) digits = `0b${digits}`;
    else if (base === 8 && !digits.startsWith("0")) digits = `0${digits}`;
    else if (base === 16) digits = `0x${digits}`;
  }
  if (verb === "O") digits = `0o${digits}`;
  if (verb === "X") digits = digits.toUpperCase();
  return pad(sign(negative, flags) + digits, { ...flags, zero: false });
}

function sign(negative: boolean, flags: Flags): string {
  if (negative) return "-";
  if (flags.plus) return "+";
  return flags.space ? " " : "";
}

/** Big integers format themselves in Go, with rules of their own. */
function formatBigInteger(operand: FormatOperand, value: bigint, verb: string, flags: Flags): string {
  const bases: Readonly<Record<string, number>> = { b: 2, o: 8, O: 8, d: 10, s: 10, v: 10, x: 16, X: 16 };
  const base = bases[verb];
  if (base === undefined) return `%!${verb}(big.Int=${plainText(operand)})`;
  const negative = value < 0n;
  const signText = sign(negative, flags);
  let prefix = "";
  if (flags.sharp) {
    if (verb === "b") prefix = "0b";
    else if (verb === "o") prefix = "0";
    else if (verb === "x") prefix = "0x";
    else if (verb === "X") prefix = "0X";
  }
  if (verb === "O") prefix = "0o";
  let digits = (negative ? -value : value).toString(base);
  if (verb === "X") digits = digits.toUpperCase();
  if (flags.precision !== undefined) digits = digits.padStart(flags.precision, "0");
  const length = signText.length + prefix.length + digits.length;
  const padding = Math.max(0, (flags.width ?? 0) - length);
  if (flags.minus) return signText + prefix + digits + " ".repeat(padding);
  if (flags.zero && flags.precision === undefined) return signText + prefix + "0".repeat(padding) + digits;
  return " ".repeat(padding) + signText + prefix + digits;
}

function formatFloat(operand: FormatOperand & { type: "float64" }, verb: string, flags: Flags): string {
  let kind = verb;
  let { precision } = flags;
  if (verb === "v") kind = "g";
  else if (verb === "F") kind = "f";
  if (!"eEfgGxXb".includes(kind) || kind.length !== 1) return badVerb(operand, verb, flags);
  if (precision === undefined && "eEf".includes(kind)) precision = 6;
  const text = floatText(Math.abs(operand.value), kind, precision);
  const negative = operand.value < 0 || Object.is(operand.value, -0);
  const shown = flags.sharp && kind !== "b" && verb !== "v" ? sharpened(text, kind, precision) : text;
  const signText = sign(negative, flags);
  if (signText !== "" && flags.zero && !flags.minus && flags.width !== undefined) {
    return signText + shown.padStart(flags.width - signText.length, "0");
  }
  return pad(signText + shown, flags);
}

/** `#`: always a point, and no trailing zeros cut. */
function sharpened(text: string, kind: string, precision: number | undefined): string {
  const mark = text.search(kind === "x" || kind === "X" ? /[pP]/ : /[eE]/);
  const mantissa = mark < 0 ? text : text.slice(0, mark);
  const tail = mark < 0 ? "" : text.slice(mark);
  let digits = "gGxX".includes(kind) ? (precision ?? 6) : 0;
  let sawNonzero = false;
  for (const digit of mantissa) {
    if (digit === ".") continue;
    if (digit !== "0") sawNonzero = true;
    if (sawNonzero) digits -= 1;
  }
  let result = mantissa;
  if (!mantissa.includes(".")) {
    if (mantissa === "0") digits -= 1;
    result += ".";
  }
  return result + "0".repeat(Math.max(0, digits)) + tail;
}

/** Go's strconv.FormatFloat. Without a precision, the fewest digits that round back. */
export function floatText(value: number, kind: string, precision: number | undefined): string {
  const negative = value < 0 || Object.is(value, -0);
  const text = unsignedFloatText(Math.abs(value), kind, precision);
  return negative ? `-${text}` : text;
}

function unsignedFloatText(value: number, kind: string, precision: number | undefined): string {
  const lower = kind.toLowerCase();
  const text =
    lower === "b" || lower === "x" ? binaryText(value, lower, precision) : decimalText(value, lower, precision);
  return kind === lower ? text : text.toUpperCase();
}

function decimalText(value: number, kind: string, precision: number | undefined): string {
  let { digits, point } = precision === undefined ? shortestDigits(value) : exactDigits(value, kind, precision);
  if (digits === "") point = kind === "f" ? 0 : 1;
  if (kind === "e") return exponentText(digits, point, precision ?? Math.max(digits.length - 1, 0));
  if (kind === "f") return fixedText(digits, point, precision ?? Math.max(digits.length - point, 0));
  let threshold = precision === undefined || precision === 0 ? (precision === undefined ? 6 : 1) : precision;
  if (precision !== undefined && threshold > digits.length && digits.length >= point) threshold = digits.length;
  const exponent = point - 1;
  if (exponent < -4 || exponent >= threshold) return exponentText(digits, point, Math.max(digits.length - 1, 0));
  return fixedText(digits, point, Math.max(digits.length - point, 0));
}

interface Digits {
  digits: string;
  point: number;
}

function shortestDigits(value: number): Digits {
  if (value === 0) return { digits: "", point: 1 };
  const text = value.toExponential();
  const mark = text.indexOf("e");
  return { digits: text.slice(0, mark).replace(".", ""), point: Number(text.slice(mark + 1)) + 1 };
}

function exactDigits(value: number, kind: string, precision: number): Digits {
  if (value === 0) return { digits: "", point: 1 };
  if (kind === "f") return decimalDigits(value, undefined, precision);
  return decimalDigits(value, kind === "e" ? precision + 1 : Math.max(precision, 1), undefined);
}

function exponentText(digits: string, point: number, precision: number): string {
  const all = (digits === "" ? "0" : digits).padEnd(precision + 1, "0");
  const exponent = point - 1;
  const fraction = precision > 0 ? `.${all.slice(1, precision + 1)}` : "";
  return `${all.charAt(0)}${fraction}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function fixedText(digits: string, point: number, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  if (precision === 0) return whole;
  const fraction = point >= 0 ? digits.slice(point) : "0".repeat(-point) + digits;
  return `${whole}.${fraction.slice(0, precision).padEnd(precision, "0")}`;
}

/** `b` is mantissa p exponent, `x` hexadecimal. */
function binaryText(value: number, kind: string, precision: number | undefined): string {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const biased = Number((bits >> 52n) & 0x7ffn);
  let mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  let exponent = Math.max(biased, 1) - 1075;
  if (kind === "b") return `${mantissa}p${exponent < 0 ? "" : "+"}${exponent}`;
  if (mantissa === 0n) exponent = 0;
  else {
    const shift = 53 - bitLength(mantissa);
    mantissa <<= BigInt(shift);
    exponent += 52 - shift;
  }
  if (precision !== undefined && precision < 13) {
    const drop = BigInt(4 * (13 - precision));
    const rest = mantissa & ((1n << drop) - 1n);
    mantissa >>= drop;
    const half = 1n << (drop - 1n);
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa += 1n;
    mantissa <<= drop;
    if (mantissa >= 1n << 53n) {
      mantissa >>= 1n;
      exponent += 1;
    }
  }
  const hex = (mantissa & 0xf_ffff_ffff_ffffn).toString(16).padStart(13, "0");
  const shown = precision === undefined ? hex.replace(/0+$/, "") : hex.slice(0, precision).padEnd(precision, "0");
  const size = String(Math.abs(exponent)).padStart(2, "0");
  return `0x${mantissa === 0n ? 0 : 1}${shown === "" ? "" : `.${shown}`}p${exponent < 0 ? "-" : "+"}${size}`;
}
