import { BuiltinError } from "../errors.ts";
import { dayNames, daysInMonth, daysSinceEpoch, isLeapYear, monthNames, secondsSinceEpoch } from "./calendar.ts";
import { layoutParts } from "./layout.ts";
import { quoteBytes } from "./quote.ts";

/** Nanoseconds since 1970 of a time written in a layout. Throws a `BuiltinError` in Go's words. */
export function parseTime(layout: string, value: string): bigint {
  return new TimeParser(layout, value).parse();
}

/** The part of the value at hand does not fit the element. */
class BadValue extends Error {}

const shortMonths = monthNames.map((name) => name.slice(0, 3));
const shortDays = dayNames.map((name) => name.slice(0, 3));

class TimeParser {
  readonly #layout: string;
  readonly #value: string;
  #rest: string;
  #outOfRange = "";
  #year = 0;
  #month = -1;
  #day = -1;
  #dayOfYear = -1;
  #hour = 0;
  #minute = 0;
  #second = 0;
  #nanoseconds = 0;
  #half: "" | "AM" | "PM" = "";
  #offset = 0;

  constructor(layout: string, value: string) {
    this.#layout = layout;
    this.#value = value;
    this.#rest = value;
  }

  parse(): bigint {
    const parts = layoutParts(this.#layout);
    for (const [i, { literal, element }] of parts.entries()) {
      this.#skip(literal);
      if (element === "") {
        if (this.#rest !== "") throw this.#error("", this.#rest, `: extra text: ${quoteBytes(this.#rest)}`);
        break;
      }
      const hold = this.#rest;
      try {
        this.#take(element, parts[i + 1]);
      } catch (error) {
        if (error instanceof BadValue && this.#outOfRange === "") throw this.#error(element, hold, "");
        if (!(error instanceof BadValue)) throw error;
      }
      if (this.#outOfRange !== "") throw this.#error(element, this.#rest, `: ${this.#outOfRange} out of range`);
    }
    return this.#result();
  }

  #error(element: string, value: string, message: string): BuiltinError {
    if (message !== "") return new BuiltinError(`parsing time ${quoteBytes(this.#value)}${message}`);
    return new BuiltinError(
      `parsing time ${quoteBytes(this.#value)} as ${quoteBytes(this.#layout)}: cannot parse ${quoteBytes(value)} as ${quoteBytes(element)}`,
    );
  }

  #skip(prefix: string): void {
    let left = prefix;
    while (left !== "") {
      if (left.startsWith(" ")) {
        if (this.#rest !== "" && !this.#rest.startsWith(" ")) throw this.#error(prefix, this.#rest, "");
        left = left.replace(/^ +/, "");
        this.#rest = this.#rest.replace(/^ +/, "");
        continue;
      }
      if (this.#rest === "" || !this.#rest.startsWith(left.charAt(0))) throw this.#error(prefix, this.#rest, "");
      left = left.slice(1);
      this.#rest = this.#rest.slice(1);
    }
  }

  #cut(length: number): string {
    if (this.#rest.length < length) throw new BadValue();
    const text = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return text;
  }

  /** A number of one or two digits; of just two if fixed. */
  #number(fixed: boolean): number {
    const digits = /^[0-9]{1,2}/.exec(this.#rest)?.[0] ?? "";
    if (digits.length < (fixed ? 2 : 1)) throw new BadValue();
    return Number(this.#cut(digits.length));
  }

  #name(names: readonly string[]): number {
    const lower = this.#rest.toLowerCase();
    const index = names.findIndex((name) => lower.startsWith(name.toLowerCase()));
    if (index < 0) throw new BadValue();
    this.#cut(names[index]?.length ?? 0);
    return index;
  }

  #checked(value: number, low: number, high: number, what: string): number {
    if (value < low || value > high) this.#outOfRange = what;
    return value;
  }

  #take(element: string, following: { literal: string; element: string } | undefined): void {
    switch (element) {
      case "2006":
        if (!/^[0-9]/.test(this.#rest)) throw new BadValue();
        this.#year = integer(this.#cut(4));
        break;
      case "06": {
        const year = integer(this.#cut(2));
        this.#year = year + (year >= 69 ? 1900 : 2000);
        break;
      }
      case "January":
        this.#month = this.#name(monthNames) + 1;
        break;
      case "Jan":
        this.#month = this.#name(shortMonths) + 1;
        break;
      case "1":
      case "01":
        this.#month = this.#checked(this.#number(element === "01"), 1, 12, "month");
        break;
      case "Monday":
        this.#name(dayNames);
        break;
      case "Mon":
        this.#name(shortDays);
        break;
      case "2":
      case "_2":
      case "02":
        if (element === "_2") this.#rest = this.#rest.replace(/^ /, "");
        this.#day = this.#number(element === "02");
        break;
      case "__2":
      case "002": {
        if (element === "__2") this.#rest = this.#rest.replace(/^ {1,2}/, "");
        const digits = /^[0-9]{1,3}/.exec(this.#rest)?.[0] ?? "";
        if (digits.length < (element === "002" ? 3 : 1)) throw new BadValue();
        this.#dayOfYear = Number(this.#cut(digits.length));
        break;
      }
      case "15":
        this.#hour = this.#checked(this.#number(false), 0, 23, "hour");
        break;
      case "3":
      case "03":
        this.#hour = this.#checked(this.#number(element === "03"), 0, 12, "hour");
        break;
      case "4":
      case "04":
        this.#minute = this.#checked(this.#number(element === "04"), 0, 59, "minute");
        break;
      case "5":
      case "05":
        this.#second = this.#checked(this.#number(element === "05"), 0, 59, "second");
        if (this.#outOfRange === "") this.#unannouncedFraction(following);
        break;
      case "PM":
      case "pm": {
        const half = this.#cut(2);
        const wanted = element === "PM" ? half : half.replace(/[A-Z]/g, "?").toUpperCase();
        if (wanted !== "AM" && wanted !== "PM") throw new BadValue();
        this.#half = wanted;
        break;
      }
      case "MST":
        this.#zoneName();
        break;
      default:
        if (/^[.,]/.test(element)) this.#fraction(element);
        else this.#numericZone(element);
    }
  }

  /** A fraction of a second may follow even where the layout has none. */
  #unannouncedFraction(following: { literal: string; element: string } | undefined): void {
    const fraction = /^[.,][0-9]+/.exec(this.#rest)?.[0];
    if (fraction === undefined || /^[.,]/.test(following?.element ?? "")) return;
    this.#nanoseconds = nanoseconds(this.#cut(fraction.length));
  }

  #fraction(element: string): void {
    if (element.charAt(1) === "0") {
      const text = this.#cut(element.length);
      if (!/^[.,][0-9]+$/.test(text)) throw new BadValue();
      this.#nanoseconds = nanoseconds(text);
      return;
    }
    const fraction = /^[.,][0-9]+/.exec(this.#rest)?.[0];
    if (fraction !== undefined) this.#nanoseconds = nanoseconds(this.#cut(fraction.length));
  }

  #numericZone(element: string): void {
    if (element.startsWith("Z") && this.#rest.startsWith("Z")) {
      this.#cut(1);
      return;
    }
    const text = this.#cut(element.length);
    // The element's own colons show where those of the value must be.
    for (let i = 1; i < element.length; i += 1) {
      if ((element.charAt(i) === ":") !== (text.charAt(i) === ":")) throw new BadValue();
    }
    const digits = text.slice(1).replaceAll(":", "");
    if (!/^[0-9]+$/.test(digits)) throw new BadValue();
    const [hours, minutes, seconds] = [0, 2, 4].map((at) => Number(digits.slice(at, at + 2)));
    this.#checked(hours ?? 0, 0, 24, "time zone offset hour");
    this.#checked(minutes ?? 0, 0, 60, "time zone offset minute");
    this.#checked(seconds ?? 0, 0, 60, "time zone offset second");
    const offset = ((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
    const sign = text.charAt(0);
    if (sign !== "+" && sign !== "-") throw new BadValue();
    this.#offset = sign === "-" ? -offset : offset;
  }

  /** An abbreviation, which tells no offset: not even `GMT-8` does, to Go. */
  #zoneName(): void {
    const match =
      /^(?:UTC|ChST|MeST|GMT(?:[+-](?:2[0-3]|[01]?[0-9])(?![0-9]))?|[+-](?:2[0-3]|[01]?[0-9])(?![0-9])|[A-Z]{4}T(?![A-Z])|[A-Z]{3}T(?![A-Z])|WITA(?![A-Z])|[A-Z]{3}(?![A-Z]))/.exec(
        this.#rest,
      )?.[0];
    if (match === undefined) throw new BadValue();
    this.#cut(match.length);
  }

  #result(): bigint {
    if (this.#half === "PM" && this.#hour < 12) this.#hour += 12;
    if (this.#half === "AM" && this.#hour === 12) this.#hour = 0;
    if (this.#dayOfYear >= 0) this.#applyDayOfYear();
    const month = this.#month < 0 ? 1 : this.#month;
    const day = this.#day < 0 ? 1 : this.#day;
    if (day < 1 || day > daysInMonth(month, this.#year)) throw this.#error("", this.#rest, ": day out of range");
    const seconds = secondsSinceEpoch({
      year: this.#year,
      month,
      day,
      hour: this.#hour,
      minute: this.#minute,
      second: this.#second,
    });
    return BigInt(seconds - this.#offset) * 1_000_000_000n + BigInt(this.#nanoseconds);
  }

  #applyDayOfYear(): void {
    if (this.#dayOfYear < 1 || this.#dayOfYear > (isLeapYear(this.#year) ? 366 : 365)) {
      throw this.#error("", this.#rest, ": day-of-year out of range");
    }
    let month = 12;
    const dayIn = (m: number): number =>
      this.#dayOfYear - (daysSinceEpoch(this.#year, m, 1) - daysSinceEpoch(this.#year, 1, 1));
    while (dayIn(month) < 1) month -= 1;
    if (this.#month >= 0 && this.#month !== month) {
      throw this.#error("", this.#rest, ": day-of-year does not match month");
    }
    if (this.#day >= 0 && this.#day !== dayIn(month)) {
      throw this.#error("", this.#rest, ": day-of-year does not match day");
    }
    this.#month = month;
    this.#day = dayIn(month);
  }
}

function integer(text: string): number {
  if (!/^[+-]?[0-9]+$/.test(text)) throw new BadValue();
  return Number(text);
}

function nanoseconds(fraction: string): number {
  return Number(fraction.slice(1, 10).padEnd(9, "0"));
}
