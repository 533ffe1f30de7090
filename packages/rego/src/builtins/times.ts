import { truncated, isInteger } from "../values/big-float.ts";
import { toBigFloat } from "../values/arithmetic.ts";
import { isArray, isNumber } from "../values/kinds.ts";
import { bigintValue } from "../values/number.ts";
import type { Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { CachePurpose } from "./cache.ts";
import { BuiltinError } from "./errors.ts";
import { intOperand, numberOperand, stringOperand, typeError } from "./operands.ts";
import { type CivilTime, civilTime, dayNames, daysInMonth, secondsSinceEpoch, weekday } from "./time/calendar.ts";
import { parseDuration } from "./time/duration.ts";
import { formatTime } from "./time/format.ts";
import { namedLayouts, rfc3339 } from "./time/layout.ts";
import { parseTime } from "./time/parse.ts";
import { fromLocalSeconds, IntlZone, utc, type Zone } from "./time/zone.ts";

const nanosecondsPerSecond = 1_000_000_000n;

interface Moment {
  /** Whole seconds since 1970. */
  readonly seconds: number;
  readonly nanosecond: number;
  readonly zone: Zone;
  readonly layout: string;
}

const zones: CachePurpose<Zone> = new CachePurpose(100, (name) => {
  const zone = IntlZone.named(name);
  if (zone !== undefined) return zone;
  // Files of that name cannot be asked for.
  throw new BuiltinError(name.includes("\0") ? "invalid argument" : `unknown time zone ${name}`);
});

function zoneNamed(context: BuiltinContext, name: string): Zone {
  if (name === "" || name === "UTC") return utc;
  const actual = name === "Local" ? (context.host.localTimeZone ?? "UTC") : name;
  if (actual === "UTC") return utc;
  if (/\.\.|^[/\\]/.test(actual)) throw new BuiltinError("time: invalid location name");
  return context.caches.get(zones, actual);
}

/** A time: nanoseconds, or an array of those, a zone and a layout. */
function momentOperand(context: BuiltinContext, value: Value): Moment {
  let zone = utc;
  let layout = "";
  let nanoseconds = value;
  if (isArray(value)) {
    const [ns, zoneName, layoutName] = value;
    if (ns === undefined) throw typeError(1, value, "either number (ns) or [number (ns), string (tz)]");
    nanoseconds = numberOperand(ns, 1);
    if (zoneName !== undefined) zone = zoneNamed(context, stringOperand(zoneName, 1));
    if (layoutName !== undefined) layout = stringOperand(layoutName, 1);
  } else if (!isNumber(value)) {
    throw typeError(1, value, "either number (ns) or [number (ns), string (tz)]");
  }
  const float = toBigFloat(numberOperand(nanoseconds, 1));
  const integer = truncated(float);
  if (!isInteger(float) || BigInt.asIntN(64, integer) !== integer) throw new BuiltinError("timestamp too big");
  const nanosecond = ((integer % nanosecondsPerSecond) + nanosecondsPerSecond) % nanosecondsPerSecond;
  const seconds = Number((integer - nanosecond) / nanosecondsPerSecond);
  return { seconds, nanosecond: Number(nanosecond), zone, layout };
}

function civilOf(moment: Moment): CivilTime {
  return civilTime(moment.seconds + moment.zone.offset(moment.seconds));
}

/** Nanoseconds as a value, if 64 bits hold them. */
function nanosecondsValue(nanoseconds: bigint): Value {
  if (BigInt.asIntN(64, nanoseconds) !== nanoseconds) throw new BuiltinError("time outside of valid range");
  return bigintValue(nanoseconds);
}

function format(context: BuiltinContext, operand: Value): Value {
  const moment = momentOperand(context, operand);
  const layout = moment.layout === "" ? "RFC3339Nano" : moment.layout;
  return formatTime(
    {
      civil: civilOf(moment),
      nanosecond: moment.nanosecond,
      offset: moment.zone.offset(moment.seconds),
      abbreviation: () => moment.zone.abbreviation(moment.seconds),
    },
    namedLayouts.get(layout) ?? layout,
  );
}

function addDate(context: BuiltinContext, operand: Value, years: Value, months: Value, days: Value): Value {
  const moment = momentOperand(context, operand);
  const [y, m, d] = [intOperand(years, 2), intOperand(months, 3), intOperand(days, 4)];
  const civil = civilOf(moment);
  const local = secondsSinceEpoch({ ...civil, year: civil.year + y, month: civil.month + m, day: civil.day + d });
  if (Math.abs(local) > 1e11) throw new BuiltinError("time outside of valid range");
  const seconds = fromLocalSeconds(moment.zone, local);
  return nanosecondsValue(BigInt(seconds) * nanosecondsPerSecond + BigInt(moment.nanosecond));
}

function diff(context: BuiltinContext, first: Value, second: Value): Value {
  const a = momentOperand(context, first);
  const b = { ...momentOperand(context, second), zone: a.zone };
  const swapped = a.seconds > b.seconds || (a.seconds === b.seconds && a.nanosecond > b.nanosecond);
  const [from, to] = swapped ? [civilOf(b), civilOf(a)] : [civilOf(a), civilOf(b)];
  let [year, month, day] = [to.year - from.year, to.month - from.month, to.day - from.day];
  let [hour, minute, second_] = [to.hour - from.hour, to.minute - from.minute, to.second - from.second];
  if (second_ < 0) {
    second_ += 60;
    minute -= 1;
  }
  if (minute < 0) {
    minute += 60;
    hour -= 1;
  }
  if (hour < 0) {
    hour += 24;
    day -= 1;
  }
  if (day < 0) {
    day += daysInMonth(from.month, from.year);
    month -= 1;
  }
  if (month < 0) {
    month += 12;
    year -= 1;
  }
  return [year, month, day, hour, minute, second_];
}

export const times: Family = {
  "time.now_ns": (context) => context.now,
  "time.parse_ns": (_, layout, value) => {
    const name = stringOperand(layout, 1);
    return nanosecondsValue(parseTime(namedLayouts.get(name) ?? name, stringOperand(value, 2)));
  },
  "time.parse_rfc3339_ns": (_, value) => nanosecondsValue(parseTime(rfc3339, stringOperand(value, 1))),
  "time.parse_duration_ns": (_, value) => bigintValue(parseDuration(stringOperand(value, 1))),
  "time.format": format,
  "time.date": (context, operand) => {
    const { year, month, day } = civilOf(momentOperand(context, operand));
    return [year, month, day];
  },
  "time.clock": (context, operand) => {
    const { hour, minute, second } = civilOf(momentOperand(context, operand));
    return [hour, minute, second];
  },
  "time.weekday": (context, operand) => dayNames[weekday(civilOf(momentOperand(context, operand)))],
  "time.add_date": addDate,
  "time.diff": diff,
};
