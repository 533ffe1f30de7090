import type { Mark } from "./source.ts";

export type ScalarStyle = "plain" | "single" | "double" | "literal" | "folded";

interface Placed {
  readonly start: Mark;
  readonly end: Mark;
}

export type Token = Placed &
  (
    | {
        readonly type:
          | "streamStart"
          | "streamEnd"
          | "documentStart"
          | "documentEnd"
          | "blockSequenceStart"
          | "blockMappingStart"
          | "blockEnd"
          | "flowSequenceStart"
          | "flowSequenceEnd"
          | "flowMappingStart"
          | "flowMappingEnd"
          | "blockEntry"
          | "flowEntry"
          | "key"
          | "value";
      }
    | { readonly type: "alias" | "anchor"; readonly name: string }
    | { readonly type: "tag"; readonly handle: string; readonly suffix: string }
    | { readonly type: "scalar"; readonly style: ScalarStyle; readonly value: string }
    | { readonly type: "versionDirective"; readonly major: number; readonly minor: number }
    | { readonly type: "tagDirective"; readonly handle: string; readonly prefix: string }
  );

export type TokenType = Token["type"];
