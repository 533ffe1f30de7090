import type { Flag } from "../arguments/flag.ts";
import { UsageError } from "../arguments/usage-error.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, "": 1000 };

/** A flag whose value is a time such as `10s`, in milliseconds; a bare number is seconds. */
export function durationFlag(text: { readonly name: string; readonly description: string }): Flag<number | undefined> {
  return {
    ...text,
    boolean: false,
    placeholder: "DURATION",
    read: (occurrences) => {
      const last = occurrences.at(-1);
      if (last === undefined) return undefined;
      const [, amount = "", unit = ""] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)?$/.exec(last.value) ?? [];
      const milliseconds = Number(amount) * (UNITS[unit] ?? 0);
      // The longest that a timer can wait.
      if (milliseconds >= 1 && milliseconds < 2 ** 31) return milliseconds;
      throw new UsageError("USAGE_FLAG_VALUE", `${last.spelling} is a duration such as 10s or 1m, not "${last.value}"`);
    },
  };
}
