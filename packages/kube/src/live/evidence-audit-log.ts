import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const PAUSE_MS = 200;
const CHUNK = 1024 * 1024;

/** The length of a log now: where to begin to look for what comes next. Rejects when it cannot be read. */
export async function logLength(path: string): Promise<number> {
  const file = await open(path, "r");
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

/**
 * Waits until `text` is written to the log after `from`; false when that has not happened within `waitMs`. A log that was rotated
 * meanwhile is read from its beginning.
 */
export async function appearsInLog(
  path: string,
  from: number,
  text: string,
  waitMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    signal?.throwIfAborted();
    if (await holds(path, from, text)) return true;
    if (waited >= waitMs) return false;
    await sleep(PAUSE_MS, undefined, signal === undefined ? {} : { signal });
  }
}

async function holds(path: string, from: number, text: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    let position = size < from ? 0 : from;
    let tail = "";
    while (position < size) {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(CHUNK), position });
      if (bytesRead === 0) break;
      const read = tail + buffer.subarray(0, bytesRead).toString("latin1");
      if (read.includes(text)) return true;
      tail = read.slice(-text.length);
      position += bytesRead;
    }
    return false;
  } finally {
    await file.close();
  }
}
