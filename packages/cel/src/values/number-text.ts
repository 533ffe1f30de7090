/** A double as Go's %g: the shortest digits, an exponent below 1e-4 and from 1e6 on. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [digits = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 6) {
    const sign = exponent < 0 ? "-" : "+";
    return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  return exponent < 0 ? plainFraction(digits, exponent) : String(value);
}

function plainFraction(digits: string, exponent: number): string {
  const negative = digits.startsWith("-");
  const plain = digits.replace("-", "").replace(".", "");
  return `${negative ? "-" : ""}0.${"0".repeat(-exponent - 1)}${plain}`;
}

/** A double as Go's %f with the shortest digits: never an exponent. */
export function plainDoubleText(value: number): string {
  if (!Number.isFinite(value)) return doubleText(value);
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [digits = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent < 0) return plainFraction(digits, exponent);
  const sign = digits.startsWith("-") ? "-" : "";
  const plain = digits
    .replace("-", "")
    .replace(".", "")
    .padEnd(exponent + 1, "0");
  const fraction = plain.slice(exponent + 1);
  return `${sign}${plain.slice(0, exponent + 1)}${fraction === "" ? "" : `.${fraction}`}`;
}
