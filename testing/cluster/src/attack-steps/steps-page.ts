/** The page that lists what is taken, what takes it away, and what is not taken: docs/attack-steps.md. */
import { fileURLToPath } from "node:url";
import { EDGE_KINDS, EDGE_KIND_NAMES } from "@redoubt/posture";
import { ATTACK_STEPS, NOT_TAKEN, NOT_TAKEN_SO } from "./index.ts";

export const stepsPageFile: string = fileURLToPath(new URL("../../../../docs/attack-steps.md", import.meta.url));

export function stepsPage(): string {
  const rows = EDGE_KIND_NAMES.flatMap((kind) =>
    ATTACK_STEPS.filter(({ kinds }) => kinds.includes(kind)).map(
      ({ does, mitigation }) => `| \`${kind}\` | ${EDGE_KINDS[kind].title} | ${does} | ${mitigation} |\n`,
    ),
  );
  const listed = (reasons: typeof NOT_TAKEN): string =>
    EDGE_KIND_NAMES.flatMap((kind) => {
      const reason = reasons[kind];
      return reason === undefined ? [] : [`- \`${kind}\`, ${EDGE_KINDS[kind].title}: ${reason}.\n`];
    }).join("");
  return `# Steps of attack paths, taken

<!-- Written by \`npm run generate\` from testing/cluster/src/attack-steps; a test says when it is stale. -->

Each kind of edge that \`redoubt paths\` knows is a claim: whoever is here gets there. \`npm run test:cluster\` holds the claims against a real
cluster with a node. Every step below is staged twice, once open and once with the one thing mitigated. The graph of the live cluster must have
the way from the attacker's position to what is gained, with its proofs, and must have no way at all where that is mitigated, naming what
stops it where something does. Then the same attempt is made on both, with nothing but the lower identity's own credentials or what its
container has: it gets what the edge says, and is refused.

| edge | | what is done | what takes it away |
| --- | --- | --- | --- |
${rows.join("")}
## Not taken

${listed(NOT_TAKEN)}
Taken otherwise, but not so:

${listed(NOT_TAKEN_SO)}`;
}
