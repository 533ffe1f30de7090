const numbers = {
  illegal: 0,
  eof: 1,
  number: 2,
  string: 3,
  rawString: 4,
  templatePart: 5,
  templateEnd: 6,
  rawTemplatePart: 7,
  rawTemplateEnd: 8,
  leftBracket: 9,
  rightBracket: 10,
  leftBrace: 11,
  rightBrace: 12,
  leftParen: 13,
  rightParen: 14,
  comma: 15,
  colon: 16,
  semicolon: 17,
  dot: 18,
  add: 19,
  subtract: 20,
  multiply: 21,
  divide: 22,
  remainder: 23,
  intersect: 24,
  union: 25,
  unify: 26,
  equal: 27,
  assign: 28,
  notEqual: 29,
  greater: 30,
  less: 31,
  greaterOrEqual: 32,
  lessOrEqual: 33,
  /** Only where white space itself is at fault. */
  space: 34,
  identifier: 35,
  package: 36,
  import: 37,
  as: 38,
  default: 39,
  else: 40,
  not: 41,
  some: 42,
  with: 43,
  null: 44,
  true: 45,
  false: 46,
  in: 47,
  every: 48,
  contains: 49,
  if: 50,
  and: 51,
  or: 52,
};

/** The kind of a token. */
export type Kind = number;

/** The kinds of tokens by name. Keywords are last, so that a kind above `identifier` is one. */
export const Kind: Readonly<Record<keyof typeof numbers, Kind>> = numbers;

/** What OPA's messages call each kind, and for an operator the name of its builtin. */
export const KIND_NAMES: readonly string[] = [
  "illegal",
  "eof",
  "number",
  "string",
  "string",
  "template-string-part",
  "template-string-end",
  "raw-template-string-part",
  "raw-template-string-end",
  "[",
  "]",
  "{",
  "}",
  "(",
  ")",
  ",",
  ":",
  ";",
  ".",
  "plus",
  "minus",
  "mul",
  "div",
  "rem",
  "and",
  "or",
  "eq",
  "equal",
  "assign",
  "neq",
  "gt",
  "lt",
  "gte",
  "lte",
  "whitespace",
  "identifier",
  "package",
  "import",
  "as",
  "default",
  "else",
  "not",
  "some",
  "with",
  "null",
  "true",
  "false",
  "in",
  "every",
  "contains",
  "if",
  "and",
  "or",
];

const WORDS: ReadonlyMap<string, Kind> = new Map(
  KIND_NAMES.flatMap((name, kind): [string, Kind][] => (kind > Kind.identifier ? [[name, kind]] : [])),
);

/** The keyword that a word is in some version, or that it is a name. */
export function kindOfWord(word: string): Kind {
  return WORDS.get(word) ?? Kind.identifier;
}

/** Keywords that every version has. */
const ALWAYS = ["not", "package", "import", "as", "default", "else", "with", "null", "true", "false", "some"];
const SINCE_V1 = ["if", "contains", "in", "every"];
const SINCE_V2 = ["and", "or"];

/** The keywords of each version, without what a module imports. */
export const KEYWORDS: Readonly<Record<"v0" | "v1" | "v2", readonly string[]>> = {
  v0: ALWAYS,
  v1: [...ALWAYS, ...SINCE_V1],
  v2: [...ALWAYS, ...SINCE_V1, ...SINCE_V2],
};

/** What `future.keywords` can name: `not` was always a keyword, and gains bodies. */
export const FUTURE_KEYWORDS: readonly string[] = ["and", "contains", "every", "if", "in", "not", "or"];

/** A set of keywords, a bit each. */
export type KeywordSet = number;

export function keywordBit(kind: Kind): KeywordSet {
  return kind > Kind.identifier ? 1 << (kind - Kind.identifier) : 0;
}

export function keywordSet(words: readonly string[]): KeywordSet {
  let bits = 0;
  for (const word of words) bits |= keywordBit(kindOfWord(word));
  return bits;
}
