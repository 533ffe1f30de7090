const QUANTITY = /^([+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30}))(?:([numkMGTPE])|([KMGTPE])i|[eE]([+-]?\d{1,3}))?$/;

const DECIMAL_EXPONENTS: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY_PREFIXES = "KMGTPE";

/** Whether quantity `a` is more than quantity `b`; false where either is none. Equal values in different units are equal. */
export function exceeds(a: string | number, b: string | number): boolean {
  const left = amount(a);
  const right = amount(b);
  return left !== undefined && right !== undefined && left > right;
}

/** The nearest double: decimal suffixes become exponents, so that 700m and 0.7 are the same one. */
function amount(quantity: string | number): number | undefined {
  const match = QUANTITY.exec(String(quantity));
  if (match === null) return undefined;
  const [, digits = "", decimal, binary, exponent = "0"] = match;
  if (decimal !== undefined) return Number(`${digits}e${DECIMAL_EXPONENTS[decimal] ?? 0}`);
  if (binary !== undefined) return Number(digits) * 1024 ** (BINARY_PREFIXES.indexOf(binary) + 1);
  return Number(`${digits}e${exponent}`);
}
