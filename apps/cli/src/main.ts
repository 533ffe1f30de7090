import { run } from "./run.ts";
import { supportNode20 } from "./node-20.ts";
import { EXIT } from "./exit-code.ts";
import { processHost } from "./terminal/process-host.ts";

supportNode20();

process.once("SIGINT", () => {
  // Files are replaced whole, so there is nothing half-written to take back.
  process.stderr.write(process.stderr.isTTY ? "\r\u001B[K" : "");
  process.exit(EXIT.interrupted);
});

// Not process.exit(): what is still on its way to a pipe must arrive.
process.exitCode = await run(process.argv.slice(2), processHost());
