import { type CivilTime, dayNames, dayOfYear, monthNames, weekday } from "./calendar.ts";
import { layoutParts } from "./layout.ts";

/** A time to be written: what clocks show, and where. */
export interface ZonedTime {
  readonly civil: CivilTime;
  readonly nanosecond: number;
  readonly offset: number;
  readonly abbreviation: () => string;
}

/** Writes a time in one of Go's layouts. */
export function formatTime(time: ZonedTime, layout: string): string {
  let text = "";
  for (const { literal, element } of layoutParts(layout)) text += literal + elementText(time, element);
  return text;
}

function pad(number: number, width: number, fill = "0"): string {
  const digits = String(Math.abs(number)).padStart(width, fill);
  return number < 0 ? `-${digits}` : digits;
}

function elementText(time: ZonedTime, element: string): string {
  const { civil } = time;
  const hour12 = civil.hour % 12 === 0 ? 12 : civil.hour % 12;
  switch (element) {
    case "":
      return "";
    case "2006":
      return pad(civil.year, 4);
    case "06":
      return pad(Math.abs(civil.year) % 100, 2);
    case "January":
      return monthNames[civil.month - 1] ?? "";
    case "Jan":
      return (monthNames[civil.month - 1] ?? "").slice(0, 3);
    case "1":
      return String(civil.month);
    case "01":
      return pad(civil.month, 2);
    case "Monday":
      return dayNames[weekday(civil)] ?? "";
    case "Mon":
      return (dayNames[weekday(civil)] ?? "").slice(0, 3);
    case "2":
      return String(civil.day);
    case "_2":
      return pad(civil.day, 2, " ");
    case "02":
      return pad(civil.day, 2);
    case "__2":
      return pad(dayOfYear(civil), 3, " ");
    case "002":
      return pad(dayOfYear(civil), 3);
    case "15":
      return pad(civil.hour, 2);
    case "3":
      return String(hour12);
    case "03":
      return pad(hour12, 2);
    case "4":
      return String(civil.minute);
    case "04":
      return pad(civil.minute, 2);
    case "5":
      return String(civil.second);
    case "05":
      return pad(civil.second, 2);
    case "PM":
      return civil.hour >= 12 ? "PM" : "AM";
    case "pm":
      return civil.hour >= 12 ? "pm" : "am";
    case "MST":
      return time.abbreviation();
    default:
      return /^[.,]/.test(element) ? fractionText(time.nanosecond, element) : offsetText(time.offset, element);
  }
}

function fractionText(nanosecond: number, element: string): string {
  const digits = pad(nanosecond, 9)
    .slice(0, element.length - 1)
    .padEnd(Math.min(element.length - 1, 9), "0");
  if (element.charAt(1) === "0") return element.charAt(0) + digits;
  const trimmed = digits.replace(/0+$/, "");
  return trimmed === "" ? "" : element.charAt(0) + trimmed;
}

function offsetText(offset: number, element: string): string {
  if (offset === 0 && element.startsWith("Z")) return "Z";
  const minutes = Math.trunc(offset / 60);
  const size = Math.abs(minutes);
  const colon = element.includes(":") ? ":" : "";
  let text = (minutes < 0 ? "-" : "+") + pad(Math.floor(size / 60), 2);
  if (element.length > 3) text += colon + pad(size % 60, 2);
  if (element.length > 6) text += colon + pad(Math.abs(offset) % 60, 2);
  return text;
}
