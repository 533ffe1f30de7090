import manifest from "../package.json" with { type: "json" };

export const REDOUBT_VERSION: string = manifest.version;
