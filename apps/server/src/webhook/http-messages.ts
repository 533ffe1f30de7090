/** HTTP/1.1 or HTTP/2: Node's two kinds of requests and responses, as far as they are alike. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";

export type HttpRequest = IncomingMessage | Http2ServerRequest;
export type HttpResponse = ServerResponse | Http2ServerResponse;

export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export const TEXT = "text/plain; charset=utf-8";

/** Writes an answer; `isLast` ends the connection, or of HTTP/2 the stream, with whatever the client still sends. */
export function writeAnswer(
  request: HttpRequest,
  response: HttpResponse,
  { status, type, body }: HttpAnswer,
  isLast: boolean,
): void {
  if (response.headersSent || response.destroyed) return;
  const headers: Record<string, string | number> = {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    "x-content-type-options": "nosniff",
  };
  if (status === 405) headers["allow"] = "POST, GET, HEAD";
  const shown = request.method === "HEAD" ? "" : body;
  if ("stream" in response) {
    response.writeHead(status, headers);
    if (isLast) response.once("finish", () => response.stream.close());
    response.end(shown);
    return;
  }
  if (isLast) headers["connection"] = "close";
  response.writeHead(status, headers);
  response.end(shown);
}

/** Has a client of HTTP/2 ask elsewhere from now on: its connection would outlast all answers. What it has asked is still answered. */
export function endSession(response: HttpResponse): void {
  if ("stream" in response) response.stream.session?.close();
}

/** The path, and the `timeout` of the query as the API server writes it. */
export function splitUrl(url: string): { readonly path: string; readonly timeout: string | undefined } {
  const query = url.indexOf("?");
  if (query < 0) return { path: url, timeout: undefined };
  const timeout = /^(?:.*&)?timeout=([^&]*)/.exec(url.slice(query + 1))?.[1];
  return { path: url.slice(0, query), timeout };
}
