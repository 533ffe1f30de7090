import { createHash } from "node:crypto";
import type { Control, Finding, Severity } from "@redoubt/control";
import { type Diagnostic, type Region, toFieldPath } from "@redoubt/kube";
import { findingIdentity, normalFile } from "../finding-identity.ts";
import { type Place, placesOf } from "../place.ts";
import type { Report, ReportedFinding } from "../report.ts";
import { fixReplacement } from "./fix-replacement.ts";
import { type Reporter, inChunks } from "./reporter.ts";
import { type Structured, writeJson } from "./structured.ts";
import { describeSubject } from "../subject.ts";

const LEVEL: Readonly<Record<Severity, string>> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
  info: "note",
};

/** What GitHub code scanning reads: above 9 critical, from 7 high, from 4 medium, below low. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "2.0",
  info: "0.1",
};

/** Computing the text of a fix parses its document several times, so only the worst findings carry theirs. */
const MOST_FIXES = 2000;

const BASE = "SRCROOT";

/** SARIF 2.1.0 (OASIS), as code scanning services read it. */
export const sarif: Reporter = (report, options = {}) => inChunks(writeJson(log(report, options.baseUri)));

function log(report: Report, baseUri: string | undefined): Structured {
  const used = new Set(report.findings.map(({ finding }) => finding.control));
  const rules = [...used].sort((a, b) => (a.id < b.id ? -1 : 1));
  const diagnostics = report.coverage.diagnostics;
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "redoubt", semanticVersion: report.version, rules: rules.map(rule) } },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: {
          [BASE]: { uri: baseUri, description: { text: "The folder that Redoubt was run in." } },
        },
        invocations: [
          {
            executionSuccessful: !diagnostics.some(({ severity }) => severity === "error"),
            endTimeUtc: new Date(report.time).toISOString(),
            toolExecutionNotifications: diagnostics.map(notification),
            toolConfigurationNotifications: report.configuration.map(notification),
          },
        ],
        results: results(report, new Map(rules.map((control, index) => [control, index]))),
        properties: { score: report.score.value, coverage: report.score.coverage },
      },
    ],
  };
}

function rule(control: Control): Structured {
  const { id, title, rationale, remediation, severity, layer, item, references } = control;
  const frameworks = references.map(({ framework, version, id: reference }) => `${framework} ${version} ${reference}`);
  return {
    id,
    name: title.replaceAll(/[^\p{L}\p{N}]+(.)?/gu, (_, letter: string | undefined) => (letter ?? "").toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: rationale },
    help: {
      text: `${rationale}\n\n${remediation}`,
      markdown: `${rationale}\n\n**What to do.** ${remediation}${frameworks.length === 0 ? "" : `\n\n${frameworks.map((name) => `- ${name}`).join("\n")}`}`,
    },
    defaultConfiguration: { level: LEVEL[severity] },
    properties: {
      tags: [...new Set(["security", "kubernetes", layer, item, ...frameworks])],
      "security-severity": SECURITY_SEVERITY[severity],
      "problem.severity": LEVEL[severity] === "note" ? "recommendation" : LEVEL[severity],
      precision: "high",
    },
  };
}

function* results(report: Report, rules: ReadonlyMap<Control, number>): Generator<Structured, void, undefined> {
  const places = placesOf(report.findings.map(({ finding }) => finding));
  const seen = new Map<string, number>();
  let fixes = 0;
  for (const reported of report.findings) {
    const identity = findingIdentity(reported.finding);
    const ordinal = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, ordinal);
    const fix = fixes < MOST_FIXES ? fixOf(reported.finding) : undefined;
    if (fix !== undefined) fixes += 1;
    yield {
      ...result(reported, places.get(reported.finding)),
      ruleIndex: rules.get(reported.finding.control) ?? -1,
      partialFingerprints: {
        "redoubtFinding/v1": createHash("sha256").update(identity).digest("hex"),
        "redoubtOrdinal/v1": String(ordinal),
      },
      fixes: fix === undefined ? undefined : [fix],
    };
  }
}

function result(
  { finding, exception, baseline }: ReportedFinding,
  place: Place | undefined,
): { readonly [key: string]: Structured } {
  const { control, verdict, severity, message, needs } = finding;
  return {
    ruleId: control.id,
    kind: verdict === "fail" ? "fail" : "open",
    level: verdict === "fail" ? LEVEL[severity] : "none",
    message: { text: needs === undefined ? message : `${message}. To know, give ${needs}.` },
    locations: location(finding, place),
    baselineState: baseline,
    suppressions:
      exception === undefined
        ? undefined
        : [
            {
              kind: exception.from.kind === "annotation" ? "inSource" : "external",
              status: "accepted",
              justification: `${exception.reason} (${exception.owner}, until ${exception.expires})`,
            },
          ],
    properties: { severity, item: control.item },
  };
}

function location({ resource, path }: Finding, place: Place | undefined): Structured {
  const object = resource === undefined || resource.type === "artifact" ? undefined : describeSubject(resource);
  const field = toFieldPath(path);
  const cluster = resource?.origin.kind === "cluster" ? `${resource.origin.context}/` : "";
  if (place === undefined && object === undefined) return undefined;
  return [
    {
      physicalLocation: place === undefined ? undefined : physical(place.file, place.region),
      logicalLocations:
        object === undefined
          ? undefined
          : [
              {
                name: object,
                fullyQualifiedName: `${cluster}${field === "" ? object : `${object} ${field}`}`,
                kind: "resource",
              },
            ],
    },
  ];
}

function physical(file: string, region: Region | undefined): { readonly [key: string]: Structured } {
  return { artifactLocation: artifactLocation(file), region: region === undefined ? undefined : sarifRegion(region) };
}

function sarifRegion({ start, end }: Region): Structured {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

/** RFC 3986: relative files belong to the base, absolute ones are file URIs. */
function artifactLocation(file: string): Structured {
  const path = normalFile(file).split("/").map(encodeURIComponent).join("/");
  if (/^[A-Za-z]%3A\//.test(path)) return { uri: `file:///${path.replace("%3A", ":")}` };
  return path.startsWith("/") ? { uri: `file://${path}` } : { uri: path, uriBaseId: BASE };
}

function notification({ code, severity, message, hint, file, region }: Diagnostic): Structured {
  return {
    descriptor: { id: code },
    level: severity,
    message: { text: hint === undefined ? message : `${message} (${hint})` },
    locations: file === undefined ? undefined : [{ physicalLocation: physical(file, region) }],
  };
}

function fixOf(finding: Finding): Structured {
  const change = fixReplacement(finding);
  if (change === undefined) return undefined;
  const { description, file, replacements } = change;
  return {
    description: { text: description },
    artifactChanges: [
      {
        artifactLocation: artifactLocation(file),
        replacements: replacements.map(({ region, text }) => ({
          deletedRegion: sarifRegion(region),
          insertedContent: { text },
        })),
      },
    ],
  };
}
