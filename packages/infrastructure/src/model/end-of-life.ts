/**
 * When versions stop getting security fixes, as far as it was known on `TABLE_DATE`. Kubernetes: its patch release schedule (KEP-1498,
 * twelve months and two more, to the 28th); the others: what their projects publish.
 */
export const TABLE_DATE = "2026-11-24";

/** How old the table may be before it no longer proves that a version is maintained. */
export const TABLE_LIFE_DAYS = 180;

/** What a table says about a version at a time. */
export type Maintenance =
  | { readonly kind: "ended"; readonly end: string; readonly table: string }
  | { readonly kind: "maintained"; readonly end: string }
  /** With the reason, as the end of a sentence, and what would tell where it is not a newer table. */
  | { readonly kind: "unknown"; readonly reason: string; readonly needs?: string };

/** Last days of Kubernetes minor versions 1.x; what is older has ended. */
const KUBERNETES: ReadonlyMap<number, string> = new Map([
  [24, "2023-07-28"],
  [25, "2023-10-27"],
  [26, "2024-02-28"],
  [27, "2024-07-16"],
  [28, "2024-10-28"],
  [29, "2025-02-28"],
  [30, "2025-06-28"],
  [31, "2025-10-28"],
  [32, "2026-02-28"],
  [33, "2026-06-28"],
  [34, "2026-10-27"],
  [35, "2027-02-28"],
  [36, "2027-06-28"],
  [37, "2027-10-28"],
]);

/** `containerd://1.6.20` and the like. A build of a distribution (`1.6.20~ds1`) is maintained by the distribution, not by the table. */
const RUNTIMES: readonly (readonly [pattern: RegExp, end: string])[] = [
  [/^containerd:\/\/v?1\.[0-4]\.\d+$/, "2022-03-03"],
  [/^containerd:\/\/v?1\.5\.\d+$/, "2023-02-28"],
  [/^containerd:\/\/v?1\.6\.\d+$/, "2025-08-23"],
  [/^containerd:\/\/v?1\.7\.\d+$/, "2026-09-30"],
  [/^containerd:\/\/v?2\.0\.\d+$/, "2025-11-07"],
  [/^containerd:\/\/v?2\.1\.\d+$/, "2026-05-05"],
  [/^containerd:\/\/v?2\.2\.\d+$/, "2026-11-06"],
  [/^containerd:\/\/v?2\.3\.\d+$/, "2028-04-27"],
];

/** Runtimes that a system has in its own archive, whose name for the version does not show in a Node. */
const PACKAGED: readonly (readonly [system: RegExp, runtime: RegExp])[] = [
  [/^Debian GNU\/Linux 12\b/, /^containerd:\/\/1\.6\.20$/],
  [/^Debian GNU\/Linux 13\b/, /^containerd:\/\/1\.7\.24$/],
];

const OS_IMAGES: readonly (readonly [pattern: RegExp, end: string])[] = [
  [/^Ubuntu 16\.04/, "2021-04-30"],
  [/^Ubuntu 18\.04/, "2023-05-31"],
  [/^Ubuntu 20\.04/, "2025-05-31"],
  [/^Ubuntu 22\.04/, "2027-04-01"],
  [/^Ubuntu 24\.04/, "2029-05-31"],
  [/^Debian GNU\/Linux 9\b/, "2022-06-30"],
  [/^Debian GNU\/Linux 10\b/, "2024-06-30"],
  [/^Debian GNU\/Linux 11\b/, "2026-08-31"],
  [/^Debian GNU\/Linux 12\b/, "2028-06-30"],
  [/^Debian GNU\/Linux 13\b/, "2030-06-30"],
  [/^CentOS Linux 7\b/, "2024-06-30"],
  [/^CentOS Linux 8\b/, "2021-12-31"],
  [/^Amazon Linux 2$/, "2026-06-30"],
  [/^Amazon Linux 2023/, "2029-06-30"],
  [/^Red Hat Enterprise Linux (?:Server )?7\b/, "2024-06-30"],
];

/**
 * Last days of kernels as kernel.org makes them. A build of a distribution (`6.1.0-18-amd64`) is maintained with its system, and is
 * not looked up here.
 */
const KERNELS: readonly (readonly [pattern: RegExp, end: string])[] = [
  [/^[23]\.\d+\.\d+\+?$/, "2022-02-03"],
  [/^4\.(?:\d|1[0-35-8])\.\d+\+?$/, "2023-01-07"],
  [/^4\.14\.\d+\+?$/, "2024-01-10"],
  [/^4\.19\.\d+\+?$/, "2024-12-05"],
  [/^4\.20\.\d+\+?$/, "2019-03-20"],
  [/^5\.(?:[0-35-9]|1[1-4]|1[6-9])\.\d+\+?$/, "2022-10-30"],
  [/^5\.4\.\d+\+?$/, "2025-12-31"],
  [/^5\.1[05]\.\d+\+?$/, "2026-12-31"],
  [/^6\.(?:0|[2-5]|[7-9]|1[01])\.\d+\+?$/, "2025-01-31"],
  [/^6\.1\.\d+\+?$/, "2027-12-31"],
  [/^6\.18\.\d+\+?$/, "2027-12-31"],
];

/** `now` in milliseconds, where the time of what was seen is known. */
export function kubernetesMaintenance(minor: number, now: number | undefined): Maintenance {
  const newest = Math.max(...KUBERNETES.keys());
  if (minor > newest) return { kind: "unknown", reason: `${tableAt(now)}, ends at Kubernetes 1.${newest}` };
  return judged(KUBERNETES.get(minor) ?? "2023-02-28", now);
}

/** Of the node's system too: a version that its project gave up may be the system's own package, with fixes of its own. */
export function runtimeMaintenance(runtime: string, osImage: string, now: number | undefined): Maintenance {
  const found = listed(RUNTIMES, runtime, now);
  const packaged = PACKAGED.some(([system, version]) => system.test(osImage) && version.test(runtime));
  if (found.kind !== "ended" || !packaged) return found;
  return {
    kind: "unknown",
    reason: `its project ended it on ${found.end}, and ${osImage} has a package of it that it maintains itself`,
    needs: "a look at the node: whether the runtime is the system's own package, and up to date",
  };
}

export function osMaintenance(image: string, now: number | undefined): Maintenance {
  return listed(OS_IMAGES, image, now);
}

/** Undefined for the build of a distribution. */
export function kernelMaintenance(kernel: string, now: number | undefined): Maintenance | undefined {
  return /^\d+\.\d+\.\d+\+?$/.test(kernel) ? listed(KERNELS, kernel, now) : undefined;
}

function listed(
  table: readonly (readonly [pattern: RegExp, end: string])[],
  text: string,
  now: number | undefined,
): Maintenance {
  const row = table.find(([pattern]) => pattern.test(text));
  return row === undefined ? { kind: "unknown", reason: `${tableAt(now)}, does not have it` } : judged(row[1], now);
}

const DAY = 86_400_000;

/** The table and how old it was when something was seen: `the table of 2026-11-24, 12 days old`. */
function tableAt(now: number | undefined): string {
  const days = now === undefined ? 0 : Math.floor((now - Date.parse(TABLE_DATE)) / DAY);
  return `the table of ${TABLE_DATE}${days <= 0 ? "" : `, ${days === 1 ? "a day" : `${days} days`} old`}`;
}

/** What had ended when the table was made has ended whatever the time is; what had not needs a time, and a table that is not too old. */
function judged(end: string, now: number | undefined): Maintenance {
  const made = Date.parse(TABLE_DATE);
  if (Date.parse(end) + DAY <= (now ?? made)) return { kind: "ended", end, table: tableAt(now) };
  if (now === undefined) return { kind: "unknown", reason: "when it was seen is not known" };
  if (now - made > TABLE_LIFE_DAYS * DAY)
    return { kind: "unknown", reason: `${tableAt(now)}, is too old to say so (${TABLE_LIFE_DAYS} days at most)` };
  return { kind: "maintained", end };
}
