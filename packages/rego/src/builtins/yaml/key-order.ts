/** go-yaml orders keys as people do: letters after other characters, and numbers within them by amount. */
export function compareKeys(left: string, right: string): number {
  const a = Array.from(left);
  const b = Array.from(right);
  let digits = false;
  for (let i = 0; i < a.length && i < b.length; i += 1) {
    const [x, y] = [a[i] ?? "", b[i] ?? ""];
    if (x === y) {
      digits = isDigit(x);
      continue;
    }
    const [xLetter, yLetter] = [isLetter(x), isLetter(y)];
    if (xLetter && yLetter) return byCode(x, y);
    if (xLetter || yLetter) return (digits ? xLetter : yLetter) ? -1 : 1;
    return compareFrom(a, b, i) || byCode(x, y);
  }
  return a.length - b.length;
}

/** Compares the numbers that begin at a place; like Go's, they wrap beyond 63 bits. */
function compareFrom(a: readonly string[], b: readonly string[], from: number): number {
  const isZero = a[from] === "0" || b[from] === "0";
  const lead = isZero && hasLeadingDigits(a, from) ? 1n : 0n;
  const x = numberAt(a, from, lead);
  const y = numberAt(b, from, lead);
  if (x.value !== y.value) return x.value < y.value ? -1 : 1;
  return x.end - y.end;
}

/** Whether another digit than 0 is among those right before a place. */
function hasLeadingDigits(characters: readonly string[], place: number): boolean {
  for (let i = place - 1; i >= 0 && isDigit(characters[i] ?? ""); i -= 1) if (characters[i] !== "0") return true;
  return false;
}

function numberAt(
  characters: readonly string[],
  from: number,
  lead: bigint,
): { readonly value: bigint; readonly end: number } {
  let value = lead;
  let end = from;
  for (; end < characters.length && isDigit(characters[end] ?? ""); end += 1) {
    const digit = (characters[end]?.codePointAt(0) ?? 0) - 0x30;
    value = BigInt.asIntN(64, value * 10n + BigInt(digit));
  }
  return { value, end };
}

function byCode(x: string, y: string): number {
  return (x.codePointAt(0) ?? 0) - (y.codePointAt(0) ?? 0);
}

function isDigit(character: string): boolean {
  return /^\p{Nd}$/u.test(character);
}

function isLetter(character: string): boolean {
  return /^\p{L}$/u.test(character);
}
