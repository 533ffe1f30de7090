#!/usr/bin/env node
// Syntax that old versions of Node.js understand: they must get as far as the message.
import * as nodeModule from "module";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `redoubt: Node.js ${process.versions.node} is too old, Redoubt needs 20.19 or newer: https://nodejs.org\n`,
  );
  process.exit(2);
}
// Halves the start-up from the second run on; Node.js has it from 22.1.
if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
import("../dist/redoubt.js").catch((error) => {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  process.stderr.write("redoubt: not built yet: run npm run build\n");
  process.exit(2);
});
