/** Timestamps and durations, read and written as Go's time package does. */
import { Duration, Timestamp } from "./value.ts";

const SECOND = 1_000_000_000n;
const MAX_INT = (1n << 63n) - 1n;
const MIN_SECONDS = -62_135_596_800n;
const MAX_SECONDS = 253_402_300_799n;

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Whether a point in time lies between the years 1 and 9999. */
export function isInRange(nanoseconds: bigint): boolean {
  const seconds = floorDivide(nanoseconds, SECOND);
  return seconds >= MIN_SECONDS && seconds <= MAX_SECONDS;
}

/** RFC 3339; undefined for anything else. Parts finer than a nanosecond are dropped. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [
    ,
    year = "",
    month = "",
    day = "",
    hour = "",
    minute = "",
    second = "",
    fraction = "",
    sign,
    zoneHours,
    zoneMinutes,
  ] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (Number(zoneHours ?? 0) > 24 || Number(zoneMinutes ?? 0) >= 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  const offset = (sign === "-" ? -1 : 1) * (Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0));
  const nanoseconds = BigInt(fraction.slice(0, 9).padEnd(9, "0"));
  const seconds = BigInt(date.getTime() / 1000) - BigInt(offset) * 60n;
  return new Timestamp(seconds * SECOND + nanoseconds, offset);
}

/** RFC 3339 with as many digits of a second as are needed, in the offset it was written with. */
export function timestampText({ nanoseconds, offsetMinutes }: Timestamp): string {
  const local = nanoseconds + BigInt(offsetMinutes) * 60n * SECOND;
  const date = new Date(Number(floorDivide(local, SECOND)) * 1000);
  const fraction = String(local - floorDivide(local, SECOND) * SECOND)
    .padStart(9, "0")
    .replace(/0+$/, "");
  const year = String(date.getUTCFullYear()).padStart(4, "0");
  const day = `${year}-${twoDigits(date.getUTCMonth() + 1)}-${twoDigits(date.getUTCDate())}`;
  const time = `${twoDigits(date.getUTCHours())}:${twoDigits(date.getUTCMinutes())}:${twoDigits(date.getUTCSeconds())}`;
  const minutes = Math.abs(offsetMinutes);
  const zone =
    minutes === 0
      ? "Z"
      : `${offsetMinutes < 0 ? "-" : "+"}${twoDigits(Math.trunc(minutes / 60))}:${twoDigits(minutes % 60)}`;
  return `${day}T${time}${fraction === "" ? "" : `.${fraction}`}${zone}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

export function floorDivide(left: bigint, right: bigint): bigint {
  const quotient = left / right;
  return left % right !== 0n && left < 0n !== right < 0n ? quotient - 1n : quotient;
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
};

/** `1h15m30.918s`, `-2ms`, `0`; undefined for anything else, or beyond 64 bits. */
export function parseDuration(text: string): Duration | undefined {
  const negative = text.startsWith("-");
  const body = /^[+-]/.test(text) ? text.slice(1) : text;
  if (body === "0") return new Duration(0n);
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return undefined;
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of body.matchAll(/(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g)) {
    const scale = UNITS[unit] ?? 1n;
    total += BigInt(whole === "" ? "0" : whole) * scale;
    if (fraction !== "") total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  if (total > MAX_INT + (negative ? 1n : 0n)) return undefined;
  return new Duration(negative ? -total : total);
}

/** Seconds, as `string()` writes a duration: `5400s`, `0.5s`. */
export function durationText({ nanoseconds }: Duration): string {
  const negative = nanoseconds < 0n;
  const amount = negative ? -nanoseconds : nanoseconds;
  const fraction = String(amount % SECOND)
    .padStart(9, "0")
    .replace(/0+$/, "");
  return `${negative ? "-" : ""}${amount / SECOND}${fraction === "" ? "" : `.${fraction}`}s`;
}

/** The calendar fields of a timestamp in a time zone: an IANA name, or `-02:30`. A string says why there are none. */
export interface CalendarFields {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  /** From 1. */
  readonly day: number;
  readonly dayOfYear: number;
  readonly dayOfWeek: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly milliseconds: number;
}

export function calendarFields({ nanoseconds }: Timestamp, zone: string): CalendarFields | string {
  const milliseconds = Number(floorDivide(nanoseconds, 1_000_000n));
  const offset = offsetAt(zone, milliseconds);
  if (typeof offset === "string") return offset;
  const date = new Date(milliseconds + offset * 60_000);
  const year = date.getUTCFullYear();
  const firstDay = new Date(0);
  firstDay.setUTCFullYear(year, 0, 1);
  return {
    year,
    month: date.getUTCMonth(),
    day: date.getUTCDate(),
    dayOfYear: Math.floor((date.getTime() - firstDay.getTime()) / 86_400_000),
    dayOfWeek: date.getUTCDay(),
    hours: date.getUTCHours(),
    minutes: date.getUTCMinutes(),
    seconds: date.getUTCSeconds(),
    milliseconds: date.getUTCMilliseconds(),
  };
}

function offsetAt(zone: string, milliseconds: number): number | string {
  if (zone === "" || zone === "UTC") return 0;
  const colon = zone.indexOf(":");
  if (colon >= 0) {
    const hours = zone.slice(0, colon);
    const minutes = zone.slice(colon + 1);
    for (const part of [hours, minutes]) {
      if (!/^[+-]?\d+$/.test(part)) return `strconv.Atoi: parsing ${JSON.stringify(part)}: invalid syntax`;
    }
    return zone.startsWith("-") ? Number(hours) * 60 - Number(minutes) : Number(hours) * 60 + Number(minutes);
  }
  try {
    const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
    const name = format.formatToParts(milliseconds).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
    const [, sign, hours = "0", minutes = "0"] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
    return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  } catch {
    return `unknown time zone ${zone}`;
  }
}
