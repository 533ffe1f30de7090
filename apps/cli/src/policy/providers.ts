import { ProviderClient, type ProviderPort, RestingProviders } from "@redoubt/admission";
import { UsageError } from "../arguments/usage-error.ts";
import type { ParsedArguments } from "../arguments/parse.ts";
import { allowProvider } from "../commands/policy-decide.ts";

/** The origins that policies may ask; undefined where there is no external data. Throws `UsageError`. */
export function allowedProviders(args: ParsedArguments): readonly string[] | undefined {
  const origins = args.get(allowProvider);
  for (const text of origins) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol !== "https:" || url.origin !== text.replace(/\/$/, "")) {
      throw new UsageError("USAGE_FLAG_VALUE", `--allow-provider takes https://host:port, not "${text}"`);
    }
  }
  return origins.length === 0 ? undefined : origins.map((text) => new URL(text).origin);
}

/** For many objects in a row. */
export function providerClient(): ProviderPort {
  const clock = (): number => performance.now();
  return new RestingProviders(new ProviderClient({ clock }), { clock });
}
