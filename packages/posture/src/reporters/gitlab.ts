import { createHash } from "node:crypto";
import type { Severity } from "@redoubt/control";
import { findingIdentity } from "../finding-identity.ts";
import { placesOf } from "../place.ts";
import { type Report, isOpen } from "../report.ts";
import { type Reporter, inChunks } from "./reporter.ts";
import { type Structured, writeJson } from "./structured.ts";

const LEVEL: Readonly<Record<Severity, string>> = {
  critical: "blocker",
  high: "critical",
  medium: "major",
  low: "minor",
  info: "info",
};

/** GitLab's code quality report: open findings in files. What has no file cannot be shown on a merge request and is left out. */
export const gitlab: Reporter = (report) => inChunks(writeJson(issues(report)));

function* issues(report: Report): Generator<Structured, void, undefined> {
  const open = report.findings.filter(isOpen).map(({ finding }) => finding);
  const places = placesOf(open);
  const seen = new Map<string, number>();
  for (const finding of open) {
    const place = places.get(finding);
    if (place === undefined) continue;
    const identity = `${findingIdentity(finding)}\n${place.file}`;
    const ordinal = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, ordinal);
    yield {
      description: `${finding.control.id}: ${finding.message}`,
      check_name: finding.control.id,
      fingerprint: createHash("sha256").update(`${identity}\n${ordinal}`).digest("hex"),
      severity: LEVEL[finding.severity],
      location: { path: place.file, lines: { begin: place.region?.start.line ?? 1 } },
    };
  }
}
