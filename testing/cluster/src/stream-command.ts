/** A command in a container, over the WebSocket protocol of pods/exec and pods/attach (v4.channel.k8s.io): the tests' own client. */
import { request } from "node:https";
import type { ControlPlane } from "./control-plane.ts";

export interface StreamAnswer {
  /** 101 when the API server let the stream be opened. */
  readonly status: number;
  readonly stdout: string;
}

const STDOUT = 1;

/** Opens `path` with the token, sends nothing, and gathers what the command prints until the stream ends or `enough` has come. */
export function streamCommand(
  plane: ControlPlane,
  token: string,
  path: string,
  enough: (stdout: string) => boolean = () => false,
): Promise<StreamAnswer> {
  return new Promise((resolve, reject) => {
    const opening = request(new URL(path, plane.url), {
      ca: plane.ca.certificate,
      headers: {
        authorization: `Bearer ${token}`,
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": Buffer.from("redoubt-test-key").toString("base64"),
        "sec-websocket-protocol": "v4.channel.k8s.io",
      },
    });
    opening.on("error", reject);
    opening.on("response", (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, stdout: "" });
    });
    opening.on("upgrade", (_, socket, head) => {
      let waiting: Buffer = head;
      let stdout = "";
      const take = (chunk: Buffer): void => {
        const { messages, rest } = framesOf(Buffer.concat([waiting, chunk]));
        waiting = rest;
        for (const message of messages) if (message[0] === STDOUT) stdout += message.subarray(1).toString();
        if (enough(stdout)) socket.destroy();
      };
      socket.on("data", take);
      socket.on("error", reject);
      socket.on("close", () => {
        resolve({ status: 101, stdout });
      });
      take(Buffer.alloc(0));
    });
    opening.end();
  });
}

/** The payloads of whole frames (RFC 6455, section 5.2; a server's are not masked), and the bytes of one that is still coming. */
function framesOf(bytes: Buffer): { readonly messages: readonly Buffer[]; readonly rest: Buffer } {
  const messages: Buffer[] = [];
  let at = 0;
  while (bytes.length >= at + 2) {
    const short = bytes.readUInt8(at + 1) & 0x7f;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < at + header) break;
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    if (bytes.length < at + header + length) break;
    messages.push(bytes.subarray(at + header, at + header + length));
    at += header + length;
  }
  return { messages, rest: bytes.subarray(at) };
}
