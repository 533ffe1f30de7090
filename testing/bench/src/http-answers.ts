export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** The server takes no more requests on this connection. */
  readonly isLast: boolean;
}

/** Reads HTTP/1.1 answers from a connection, with a length or in chunks, one after the other. */
export class HttpAnswers {
  readonly #answered: (answer: HttpAnswer) => void;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(answered: (answer: HttpAnswer) => void) {
    this.#answered = answered;
  }

  add(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      const headEnd = this.#bytes.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const head = this.#bytes.toString("latin1", 0, headEnd);
      const body = bodyOf(head, this.#bytes, headEnd + 4);
      if (body === undefined) return;
      this.#bytes = this.#bytes.subarray(body.end);
      const isLast = /\r\nconnection: *close/i.test(head);
      this.#answered({ status: Number(head.slice(9, 12)), body: body.text, isLast });
    }
  }
}

interface Body {
  readonly text: string;
  /** Where the next answer begins. */
  readonly end: number;
}

function bodyOf(head: string, bytes: Buffer, start: number): Body | undefined {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) return chunkedBody(bytes, start);
  const end = start + Number(length);
  return bytes.length < end ? undefined : { text: bytes.toString("utf8", start, end), end };
}

function chunkedBody(bytes: Buffer, start: number): Body | undefined {
  const parts: Buffer[] = [];
  let at = start;
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (bytes.length < end) return undefined;
    if (size === 0) return { text: Buffer.concat(parts).toString("utf8"), end };
    parts.push(bytes.subarray(lineEnd + 2, end - 2));
    at = end;
  }
}
