const DATE = /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:([Tt ])(.*))?$/s;
const CLOCK = /^([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,]([0-9]+))?(Z|[+-][0-9]{2}:[0-9]{2})?$/;

/** The moment that go-yaml takes a scalar for, as Go writes it; undefined for one that is none. */
export function readTimestamp(text: string): string | undefined {
  const [, year = "", month = "", day = "", separator, rest = ""] = DATE.exec(text) ?? [];
  if (!isDay(Number(year), Number(month), Number(day)) || year === "") return undefined;
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  if (separator === undefined) return `${date}T00:00:00Z`;
  const [, hour = "", minute = "", second = "", fraction = "", zone] = CLOCK.exec(rest) ?? [];
  if (hour === "" || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  // A zone there must be after a letter, and must not after a space.
  if ((zone === undefined) !== (separator === " ") || !isZone(zone)) return undefined;
  const clock = [hour, minute, second].map((part) => part.padStart(2, "0")).join(":");
  const digits = fraction.slice(0, 9).replace(/0+$/, "");
  return `${date}T${clock}${digits === "" ? "" : `.${digits}`}${zone === undefined || zone.endsWith("00:00") ? "Z" : zone}`;
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (days[month - 1] ?? 0);
}

function isZone(zone: string | undefined): boolean {
  if (zone === undefined || zone === "Z") return true;
  return Number(zone.slice(1, 3)) <= 24 && Number(zone.slice(4)) < 60;
}
