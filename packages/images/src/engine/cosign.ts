import type { ClusterSnapshot } from "@redoubt/kube";
import { type PlacedCommand, commandsOf, positionals } from "../model/commands.ts";

export interface CosignCommand extends PlacedCommand {
  /** `sign`, `verify`, `attest`, `generate-key-pair`, ... */
  readonly verb: string;
  /** Images, or whatever else the verb takes. */
  readonly subjects: readonly string[];
}

const VALUED = new Set(
  `--key -k -a --annotations --certificate --cert --certificate-identity --certificate-identity-regexp --certificate-oidc-issuer --certificate-oidc-issuer-regexp
  --certificate-chain --attachment --output -o --output-signature --output-certificate --output-file --payload --signature --type --predicate --policy --rekor-url --fulcio-url
  --oidc-issuer --oidc-client-id --identity-token --timeout -t --registry-token --registry-username --registry-password --kms --output-key-prefix --bundle --trusted-root --slot`.split(
    /\s+/,
  ),
);

export function cosignCommandsOf(snapshot: ClusterSnapshot): readonly CosignCommand[] {
  return commandsOf(snapshot).flatMap((placed) => {
    const start = placed.words.findIndex((word) => word.split("/").at(-1) === "cosign");
    if (
      start < 0 ||
      placed.words.slice(0, start).some((word) => !["sudo", "env", "time"].includes(word) && !word.includes("="))
    )
      return [];
    const [verb = "", ...subjects] = positionals(placed.words.slice(start + 1), VALUED);
    return [{ ...placed, verb, subjects }];
  });
}
