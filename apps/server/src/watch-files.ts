import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Writers make several changes at once: a look waits until they are through. */
const SETTLE = 100;
/** File systems that tell of no changes are looked at this often. */
const LOOK = 30_000;

/**
 * Calls `changed` after something changed at or below the paths, and every 30 s in case nobody told; one call at a time. Folders are watched,
 * also those of files: a mounted ConfigMap or Secret changes by a link beside its files.
 */
export function watchFiles(paths: readonly string[], signal: AbortSignal, changed: () => Promise<void>): void {
  let settling: NodeJS.Timeout | undefined;
  let isRunning = false;
  let isDue = false;
  const run = async (): Promise<void> => {
    isDue = true;
    if (isRunning) return;
    isRunning = true;
    while (isDue && !signal.aborted) {
      isDue = false;
      await changed();
    }
    isRunning = false;
  };
  const settle = (): void => {
    clearTimeout(settling);
    settling = setTimeout(() => void run(), SETTLE);
  };
  const watchers: FSWatcher[] = [];
  for (const path of paths) {
    void watchable(path).then((folder) => {
      if (signal.aborted) return;
      const watcher = watch(folder, { recursive: folder === path, persistent: false }, settle);
      // A folder that goes away is found missing at the next look.
      watcher.on("error", settle);
      watchers.push(watcher);
    }, settle);
  }
  const looking = setInterval(() => void run(), LOOK);
  looking.unref();
  signal.addEventListener("abort", () => {
    clearInterval(looking);
    clearTimeout(settling);
    for (const watcher of watchers) watcher.close();
  });
}

async function watchable(path: string): Promise<string> {
  return (await stat(path)).isDirectory() ? path : dirname(path);
}
