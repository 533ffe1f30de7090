/** Some policies of the Gatekeeper library as JavaScript: the same violations, in words of our own. */

export interface GatekeeperInput {
  readonly parameters: {
    readonly repos?: readonly string[];
    readonly volumes?: readonly string[];
    readonly exemptImages?: readonly string[];
    readonly allowedCapabilities?: readonly string[];
    readonly requiredDropCapabilities?: readonly string[];
  };
  readonly review: {
    readonly operation?: string;
    readonly object: {
      readonly metadata?: { readonly name?: string };
      readonly spec?: {
        readonly containers?: readonly Container[];
        readonly initContainers?: readonly Container[];
        readonly ephemeralContainers?: readonly Container[];
        readonly volumes?: readonly Readonly<Record<string, unknown>>[];
      };
    };
  };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly securityContext?: {
    readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  };
}

interface Violation {
  readonly msg: string;
}

const FIELDS = ["containers", "initContainers", "ephemeralContainers"] as const;

export function checkImageSources({ parameters: { repos = [] }, review }: GatekeeperInput): readonly Violation[] {
  const violations: Violation[] = [];
  for (const field of FIELDS) {
    for (const { name, image } of review.object.spec?.[field] ?? []) {
      if (repos.some((repo) => image.startsWith(repo))) continue;
      violations.push({ msg: `${field}: ${name} has the image ${image}, which is in none of ${repos.join(", ")}` });
    }
  }
  return violations;
}

export function checkCapabilities({ parameters, review }: GatekeeperInput): readonly Violation[] {
  if (review.operation === "UPDATE") return [];
  const allowed = new Set((parameters.allowedCapabilities ?? []).map((name) => name.toLowerCase()));
  const toDrop = (parameters.requiredDropCapabilities ?? []).map((name) => name.toLowerCase());
  const violations: Violation[] = [];
  for (const field of FIELDS) {
    for (const { name, image, securityContext } of review.object.spec?.[field] ?? []) {
      if (isExempt(image, parameters.exemptImages ?? [])) continue;
      const { add = [], drop = [] } = securityContext?.capabilities ?? {};
      if (!allowed.has("*") && add.some((capability) => !allowed.has(capability.toLowerCase()))) {
        violations.push({ msg: `${field}: ${name} adds capabilities other than ${[...allowed].join(", ")}` });
      }
      const dropped = new Set(drop.map((capability) => capability.toLowerCase()));
      if (!dropped.has("all") && toDrop.some((capability) => !dropped.has(capability))) {
        violations.push({ msg: `${field}: ${name} does not drop all of ${toDrop.join(", ")}` });
      }
    }
  }
  return violations;
}

function isExempt(image: string, exemptions: readonly string[]): boolean {
  return exemptions.some((exempt) => (exempt.endsWith("*") ? image.startsWith(exempt.slice(0, -1)) : image === exempt));
}

export function checkVolumeKinds({ parameters: { volumes = [] }, review }: GatekeeperInput): readonly Violation[] {
  if (review.operation === "UPDATE" || volumes.includes("*")) return [];
  const { metadata, spec } = review.object;
  const kinds = new Set((spec?.volumes ?? []).flatMap((volume) => Object.keys(volume)));
  kinds.delete("name");
  return [...kinds]
    .filter((kind) => !volumes.includes(kind))
    .map((kind) => ({
      msg: `${metadata?.name ?? ""}: volumes of the kind ${kind} are not among ${volumes.join(", ")}`,
    }));
}
