/** Bodies of requests, read within bounds of size, of time, and of what all together may hold. */

import type { HttpRequest } from "./http-messages.ts";

export type BodyRead =
  | { readonly kind: "body"; readonly bytes: Buffer }
  /** The status to answer with; the connection is of no more use. */
  | { readonly kind: "failed"; readonly status: number; readonly message: string }
  /** The sender went away. */
  | { readonly kind: "gone" };

export interface BodyLimits {
  /** Bytes of one body. */
  readonly body: number;
  /** Bytes of all bodies that are being read or judged. */
  readonly allBodies: number;
}

export class BodyReader {
  readonly #limits: BodyLimits;
  #held = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** Bytes of the bodies that have not been released. */
  get held(): number {
    return this.#held;
  }

  /** Ends a body's claim on what all may hold. */
  release(read: BodyRead): void {
    if (read.kind === "body") this.#held -= read.bytes.length;
  }

  /** Reads a body to its end; the caller releases it. */
  read(request: HttpRequest, milliseconds: number): Promise<BodyRead> {
    const { body, allBodies } = this.#limits;
    const tooLarge = { kind: "failed", status: 413, message: `the body is larger than ${body} bytes` } as const;
    const declared = Number(request.headers["content-length"] ?? 0);
    if (declared > body) return Promise.resolve(tooLarge);
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const end = (read: BodyRead): void => {
        clearTimeout(timer);
        request.off("data", add).off("end", complete).off("close", gone).off("error", gone);
        if (read.kind !== "body") this.#held -= size;
        resolve(read);
      };
      const add = (chunk: Buffer): void => {
        size += chunk.length;
        this.#held += chunk.length;
        chunks.push(chunk);
        if (size > body) end(tooLarge);
        else if (this.#held > allBodies)
          end({ kind: "failed", status: 503, message: "too many requests are being read" });
      };
      const complete = (): void => {
        const [only] = chunks;
        end({ kind: "body", bytes: chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size) });
      };
      const gone = (): void => {
        end({ kind: "gone" });
      };
      const timer = setTimeout(() => {
        end({ kind: "failed", status: 408, message: "the body did not arrive in time" });
      }, milliseconds);
      request.on("data", add).on("end", complete).on("close", gone).on("error", gone);
    });
  }
}
