/** An element of DER: its tag byte, its content, and both with the header. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
}

/** Data that is no DER. */
export class DerError extends Error {}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Reads elements one after another. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }

  /** The tag of the next element; undefined at the end. */
  get nextTag(): number | undefined {
    return this.#bytes[this.#at];
  }

  next(): DerElement {
    const start = this.#at;
    const tag = this.#bytes[start];
    const first = this.#bytes[start + 1];
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw new DerError("truncated");
    let length = first;
    let header = 2;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0 || count > 4) throw new DerError("bad length");
      length = 0;
      for (let i = 0; i < count; i += 1) length = length * 256 + (this.#bytes[start + 2 + i] ?? 0);
      if (length < 0x80) throw new DerError("length is not minimal");
      header += count;
    }
    const end = start + header + length;
    if (end > this.#bytes.length) throw new DerError("truncated");
    this.#at = end;
    return { tag, content: this.#bytes.subarray(start + header, end), whole: this.#bytes.subarray(start, end) };
  }

  expect(tag: number): DerElement {
    if (this.nextTag !== tag) throw new DerError("unexpected tag");
    return this.next();
  }

  /** The next element if it has the tag. */
  optional(tag: number): DerElement | undefined {
    return this.nextTag === tag ? this.next() : undefined;
  }

  sequence(): DerReader {
    return new DerReader(this.expect(tags.sequence).content);
  }
}

export function elementsOf(content: Uint8Array): DerElement[] {
  const reader = new DerReader(content);
  const elements: DerElement[] = [];
  while (!reader.isAtEnd) elements.push(reader.next());
  return elements;
}

/** A signed integer of any size. */
export function integerOf(content: Uint8Array): bigint {
  if (content.length === 0) throw new DerError("empty integer");
  const [first = 0, second = 0] = content;
  if (content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    throw new DerError("integer is not minimal");
  }
  return BigInt.asIntN(content.length * 8, unsignedOf(content));
}

export function unsignedOf(bytes: Uint8Array): bigint {
  let hex = "0x0";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return BigInt(hex);
}

/** The numbers of an object identifier. */
export function oidOf(content: Uint8Array): number[] {
  const numbers: number[] = [];
  let value = 0;
  for (const [i, byte] of content.entries()) {
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) {
      if (i === content.length - 1) throw new DerError("truncated oid");
      continue;
    }
    if (numbers.length === 0) {
      const first = Math.min(Math.floor(value / 40), 2);
      numbers.push(first, value - first * 40);
    } else {
      numbers.push(value);
    }
    value = 0;
  }
  if (numbers.length === 0) throw new DerError("empty oid");
  return numbers;
}

/** The bits of a bit string, which must fill whole bytes. */
export function bitStringOf(content: Uint8Array): Uint8Array {
  if (content.length === 0) throw new DerError("empty bit string");
  return content.subarray(1);
}

export function derElement(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, content) => sum + content.length, 0);
  const header = [tag];
  if (length < 0x80) header.push(length);
  else {
    const bytes: number[] = [];
    for (let left = length; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
    header.push(0x80 | bytes.length, ...bytes);
  }
  const whole = new Uint8Array(header.length + length);
  whole.set(header);
  let at = header.length;
  for (const content of contents) {
    whole.set(content, at);
    at += content.length;
  }
  return whole;
}
