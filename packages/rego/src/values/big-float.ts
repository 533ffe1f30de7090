/*
 * OPA's arithmetic on anything but integers is Go's big.Float with its default mantissa of 64 bits, rounded to nearest
 * even, printed with the fewest digits that round back. This is that arithmetic over bigint, so that the digits agree.
 */

/** mantissa * 2^exponent, mantissa of at most `precision` bits. */
export interface BigFloat {
  readonly negative: boolean;
  readonly mantissa: bigint;
  readonly exponent: number;
  readonly precision: number;
}

const defaultPrecision = 64;

export function bitLength(n: bigint): number {
  if (n < 0x8000_0000n) return 32 - Math.clz32(Number(n));
  const hex = n.toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex.charAt(0), 16)));
}

function rounded(negative: boolean, mantissa: bigint, exponent: number, precision: number, sticky = false): BigFloat {
  const excess = bitLength(mantissa) - precision;
  if (excess <= 0) return { negative, mantissa, exponent, precision };
  const shift = BigInt(excess);
  let kept = mantissa >> shift;
  const rest = mantissa - (kept << shift);
  const half = 1n << (shift - 1n);
  if (rest > half || (rest === half && (sticky || (kept & 1n) === 1n))) kept += 1n;
  return { negative, mantissa: kept, exponent: exponent + excess, precision };
}

/** Reads decimal text, as Go does: the power of five is itself rounded to 64 bits more than the result. */
export function bigFloatFromText(text: string): BigFloat {
  const negative = text.startsWith("-");
  const unsigned = negative || text.startsWith("+") ? text.slice(1) : text;
  const mark = unsigned.search(/[eE]/);
  const digits = mark < 0 ? unsigned : unsigned.slice(0, mark);
  const dot = digits.indexOf(".");
  const mantissa = BigInt((dot < 0 ? digits : digits.slice(0, dot) + digits.slice(dot + 1)) || "0");
  if (mantissa === 0n) return { negative, mantissa, exponent: 0, precision: defaultPrecision };
  const power = (mark < 0 ? 0 : Number(unsigned.slice(mark + 1))) - (dot < 0 ? 0 : digits.length - dot - 1);
  if (power === 0) return rounded(negative, mantissa, 0, defaultPrecision);
  const five = powerOfFive(Math.abs(power), defaultPrecision + 64);
  if (power > 0) {
    return rounded(negative, mantissa * five.mantissa, five.exponent + power, defaultPrecision);
  }
  return quotient({ negative, mantissa, exponent: power, precision: defaultPrecision }, five, defaultPrecision);
}

function powerOfFive(n: number, precision: number): BigFloat {
  const table = 27;
  if (n <= table) return { negative: false, mantissa: 5n ** BigInt(n), exponent: 0, precision };
  let result: BigFloat = { negative: false, mantissa: 5n ** BigInt(table), exponent: 0, precision };
  let factor: BigFloat = { negative: false, mantissa: 5n, exponent: 0, precision: precision + 64 };
  for (let left = n - table; left > 0; left >>>= 1) {
    if ((left & 1) === 1) {
      result = rounded(false, result.mantissa * factor.mantissa, result.exponent + factor.exponent, precision);
    }
    factor = rounded(false, factor.mantissa * factor.mantissa, factor.exponent * 2, precision + 64);
  }
  return result;
}

export function bigFloatFromInteger(integer: bigint): BigFloat {
  const mantissa = integer < 0n ? -integer : integer;
  return { negative: integer < 0n, mantissa, exponent: 0, precision: Math.max(bitLength(mantissa), defaultPrecision) };
}

function signed(x: BigFloat): bigint {
  return x.negative ? -x.mantissa : x.mantissa;
}

export function sum(x: BigFloat, y: BigFloat): BigFloat {
  const precision = Math.max(x.precision, y.precision);
  if (x.mantissa === 0n && y.mantissa === 0n) return { ...x, negative: x.negative && y.negative, precision };
  const exponent = Math.min(x.exponent, y.exponent);
  if (Math.abs(x.exponent - y.exponent) > 1e6) return x.exponent > y.exponent ? x : y;
  const total = (signed(x) << BigInt(x.exponent - exponent)) + (signed(y) << BigInt(y.exponent - exponent));
  return rounded(total < 0n, total < 0n ? -total : total, exponent, precision);
}

export function difference(x: BigFloat, y: BigFloat): BigFloat {
  return sum(x, { ...y, negative: !y.negative });
}

export function product(x: BigFloat, y: BigFloat, precision: number = Math.max(x.precision, y.precision)): BigFloat {
  return rounded(x.negative !== y.negative, x.mantissa * y.mantissa, x.exponent + y.exponent, precision);
}

/** The divisor must not be zero. */
export function quotient(x: BigFloat, y: BigFloat, precision: number = Math.max(x.precision, y.precision)): BigFloat {
  const negative = x.negative !== y.negative;
  if (x.mantissa === 0n) return { negative, mantissa: 0n, exponent: 0, precision };
  const extra = Math.max(0, precision + 2 + bitLength(y.mantissa) - bitLength(x.mantissa));
  const dividend = x.mantissa << BigInt(extra);
  const result = dividend / y.mantissa;
  const sticky = dividend !== result * y.mantissa;
  return rounded(negative, result, x.exponent - y.exponent - extra, precision, sticky);
}

/** The integer part, towards zero. */
export function truncated(x: BigFloat): bigint {
  const magnitude = x.exponent >= 0 ? x.mantissa << BigInt(x.exponent) : x.mantissa >> BigInt(-x.exponent);
  return x.negative ? -magnitude : magnitude;
}

export function isInteger(x: BigFloat): boolean {
  if (x.exponent >= 0 || x.mantissa === 0n) return true;
  return (x.mantissa & ((1n << BigInt(-x.exponent)) - 1n)) === 0n;
}

/** Digits d1 d2 d3 ... of 0.d1d2d3... * 10^point. */
interface Digits {
  digits: string;
  point: number;
}

function digitsOf(mantissa: bigint, exponent: number): Digits {
  if (mantissa === 0n) return { digits: "", point: 0 };
  let text: string;
  let point: number;
  if (exponent >= 0) {
    text = (mantissa << BigInt(exponent)).toString();
    point = text.length;
  } else {
    text = (mantissa * 5n ** BigInt(-exponent)).toString();
    point = text.length + exponent;
  }
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 48) end -= 1;
  return { digits: text.slice(0, end), point };
}

function roundDown(d: Digits, n: number): Digits {
  if (n >= d.digits.length) return d;
  return { digits: d.digits.slice(0, n).replace(/0+$/, ""), point: d.point };
}

function roundUp(d: Digits, n: number): Digits {
  if (n >= d.digits.length) return d;
  let keep = n;
  while (keep > 0 && d.digits.charCodeAt(keep - 1) === 57) keep -= 1;
  if (keep === 0) return { digits: "1", point: d.point + 1 };
  const last = String.fromCharCode(d.digits.charCodeAt(keep - 1) + 1);
  return { digits: d.digits.slice(0, keep - 1) + last, point: d.point };
}

function roundNearest(d: Digits, n: number): Digits {
  if (n >= d.digits.length) return d;
  const next = d.digits.charCodeAt(n);
  const tie = next === 53 && n + 1 === d.digits.length;
  const up = tie ? n > 0 && (d.digits.charCodeAt(n - 1) - 48) % 2 === 1 : next >= 53;
  return up ? roundUp(d, n) : roundDown(d, n);
}

/** The fewest digits that round back to the same mantissa. */
function shortest(x: BigFloat): Digits {
  const exact = digitsOf(x.mantissa, x.exponent);
  if (exact.digits === "") return exact;
  const shift = x.precision + 1 - bitLength(x.mantissa);
  const mantissa = shift >= 0 ? x.mantissa << BigInt(shift) : x.mantissa >> BigInt(-shift);
  const exponent = x.exponent - shift;
  const lower = digitsOf(mantissa - 1n, exponent).digits;
  const upper = digitsOf(mantissa + 1n, exponent).digits;
  const inclusive = (mantissa & 2n) === 0n;
  for (let i = 0; i < exact.digits.length; i += 1) {
    const digit = exact.digits.charCodeAt(i);
    const low = i < lower.length ? lower.charCodeAt(i) : 48;
    const high = i < upper.length ? upper.charCodeAt(i) : 48;
    const down = low !== digit || (inclusive && i + 1 === lower.length);
    const up = digit !== high && (inclusive || digit + 1 < high || i + 1 < upper.length);
    if (down && up) return roundNearest(exact, i + 1);
    if (down) return roundDown(exact, i + 1);
    if (up) return roundUp(exact, i + 1);
  }
  return exact;
}

/** As OPA turns a float into a number: integers in full, others by Go's general format, which `general` asks for always. */
export function bigFloatText(x: BigFloat, general = false): string {
  const sign = x.negative ? "-" : "";
  const { digits, point } = shortest(x);
  const exponent = point - 1;
  if ((general || !isInteger(x)) && (exponent < -4 || exponent >= 6)) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const size = Math.abs(exponent).toString().padStart(2, "0");
    return `${sign}${digits.charAt(0)}${fraction}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  if (point <= 0) return digits === "" ? `${sign}0` : `${sign}0.${"0".repeat(-point)}${digits}`;
  if (digits.length <= point) return sign + digits + "0".repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/**
 * The exact decimal digits of a positive double, rounded half to even: to `significant` digits, or to `places` after
 * the point. Reads as 0.digits * 10^point.
 */
export function decimalDigits(
  value: number,
  significant: number | undefined,
  places: number | undefined,
): { digits: string; point: number } {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const exact = digitsOf(biased === 0 ? fraction : fraction | (1n << 52n), Math.max(biased, 1) - 1075);
  const count = significant ?? exact.point + (places ?? 0);
  if (count < 0) return { digits: "", point: exact.point };
  return roundNearest(exact, count);
}
