import type { Report } from "../report.ts";

/** Colours of a terminal, passed in so that a report has none unless it is shown on one. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly magenta: (text: string) => string;
}

export interface ReporterOptions {
  /** Columns that a person's terminal has. Default: 100. */
  readonly width?: number;
  /** Default: no colour. */
  readonly paint?: Paint;
  /** `file:///.../`: what relative paths are relative to. SARIF alone uses it. */
  readonly baseUri?: string;
}

/** Writes a report in one format, in pieces, so that a huge one is never one string. */
export type Reporter = (report: Report, options?: ReporterOptions) => Generator<string, void, undefined>;

/** Joins small pieces into larger ones: a write for each line is slow. */
export function* inChunks(pieces: Iterable<string>, size = 65_536): Generator<string, void, undefined> {
  let chunk = "";
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length >= size) {
      yield chunk;
      chunk = "";
    }
  }
  if (chunk !== "") yield chunk;
}
