import { secondsSinceEpoch } from "./calendar.ts";

/** A time zone: its offset from UTC in seconds and its abbreviation, at a time given in seconds since 1970. */
export interface Zone {
  readonly name: string;
  offset(seconds: number): number;
  abbreviation(seconds: number): string;
}

export const utc: Zone = { name: "UTC", offset: () => 0, abbreviation: () => "UTC" };

/** English locales know the abbreviations of their own zones only. */
const abbreviatingLocales = ["en-US", "en-GB", "en-AU", "en-NZ", "en-IN", "en-ZA", "en-IE"];

/** A zone of the IANA database as the platform's Intl has it. */
export class IntlZone implements Zone {
  readonly name: string;
  readonly #clock: Intl.DateTimeFormat;

  private constructor(name: string, clock: Intl.DateTimeFormat) {
    this.name = name;
    this.#clock = clock;
  }

  /** The zone of a name, or undefined. Names are exact, as in the database's files. */
  static named(name: string): IntlZone | undefined {
    if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return undefined;
    try {
      const clock = new Intl.DateTimeFormat("en-US", {
        timeZone: name,
        calendar: "iso8601",
        numberingSystem: "latn",
        hourCycle: "h23",
        year: "numeric",
        month: "numeric",
        day: "numeric",
        hour: "numeric",
        minute: "numeric",
        second: "numeric",
      });
      const canonical = clock.resolvedOptions().timeZone;
      if (canonical !== name && canonical.toLowerCase() === name.toLowerCase()) return undefined;
      return new IntlZone(name, clock);
    } catch {
      return undefined;
    }
  }

  offset(seconds: number): number {
    const parts = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
    for (const { type, value } of this.#clock.formatToParts(seconds * 1000)) {
      if (type in parts && isClockPart(type)) parts[type] = Number(value);
    }
    return secondsSinceEpoch(parts) - seconds;
  }

  abbreviation(seconds: number): string {
    for (const locale of abbreviatingLocales) {
      const format = new Intl.DateTimeFormat(locale, { timeZone: this.name, timeZoneName: "short" });
      const name = format.formatToParts(seconds * 1000).find((part) => part.type === "timeZoneName")?.value;
      if (name !== undefined && /^[A-Z]{3,5}$/.test(name)) return name;
    }
    const offset = this.offset(seconds);
    // Only the local mean time of old days has seconds in its offset.
    if (offset % 60 !== 0) return "LMT";
    const minutes = Math.floor(Math.abs(offset) / 60);
    const rest = minutes % 60 === 0 ? "" : String(minutes % 60).padStart(2, "0");
    return `${offset < 0 ? "-" : "+"}${String(Math.floor(minutes / 60)).padStart(2, "0")}${rest}`;
  }
}

type ClockPart = "year" | "month" | "day" | "hour" | "minute" | "second";

function isClockPart(type: string): type is ClockPart {
  return ["year", "month", "day", "hour", "minute", "second"].includes(type);
}

/** The time since 1970 at which a zone's clocks show what `local` seconds since 1970 would in UTC. */
export function fromLocalSeconds(zone: Zone, local: number): number {
  const guess = zone.offset(local);
  const actual = zone.offset(local - guess);
  return local - (actual === guess ? guess : actual);
}
