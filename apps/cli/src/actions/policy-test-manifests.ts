import {
  type ManifestResult,
  PolicySet,
  type TemplateEngine,
  clusterViewOf,
  decide,
  isPolicy,
  isRefusal,
  testManifests,
} from "@redoubt/admission";
import { type JsonObject, stringAt } from "@redoubt/kube";
import { judgePodSecurity } from "@redoubt/posture";
import type { ParsedArguments } from "../arguments/parse.ts";
import { policies as policiesFlag } from "../commands/policy-decide.ts";
import { denyOnly, engine, manifestOutput } from "../commands/policy-test.ts";
import { EXIT } from "../exit-code.ts";
import { asBundles } from "../flags/policy.ts";
import { type AdmissionFiles, filesBelow, objectsIn, readAdmissionFiles } from "../policy/admission-files.ts";
import { objectName, reportExpressionWarnings, reportProblems, reportUnused } from "../policy/admission-report.ts";
import { releaseOptions } from "../policy/policy-options.ts";
import { manifestJson, manifestYaml } from "../policy/manifest-results.ts";
import { readStdin } from "../policy/read-stdin.ts";
import { boxTable } from "../policy/table.ts";
import type { Host } from "../terminal/host.ts";
import { plain } from "../terminal/plain.ts";

const ENGINES: Readonly<Record<"cel" | "rego", TemplateEngine>> = { cel: "K8sNativeValidation", rego: "Rego" };

/** The manifests and policies, where they are what is to be tested; undefined where Rego's own tests are. */
export async function readManifests(args: ParsedArguments, host: Host): Promise<AdmissionFiles | undefined> {
  const isAsked = args.get(policiesFlag).length > 0 || args.get(manifestOutput) !== undefined;
  if (!isAsked && (args.get(asBundles) || !holdOnlyManifests(args.positional))) return undefined;
  const paths = args.positional.filter((path) => path !== "-");
  const beside = await readAdmissionFiles(args.get(policiesFlag), "--policies");
  const given = await readAdmissionFiles(paths, "manifest");
  const streamed =
    paths.length < args.positional.length ? objectsIn(await readStdin(host, "manifests"), "standard input") : [];
  const objects = [...beside.objects, ...given.objects, ...streamed];
  if (!isAsked && !objects.some(isPolicy)) return undefined;
  return { objects, rego: [...beside.rego, ...given.rego] };
}

/** Whether none of the files is Rego, a bundle, or data under a name of its own. */
function holdOnlyManifests(paths: readonly string[]): boolean {
  if (paths.some((path) => path.includes(":"))) return false;
  const files = filesBelow(
    paths.filter((path) => path !== "-"),
    "manifest",
  );
  return !files.some((file) => /\.(?:rego|tar\.gz)$/.test(file));
}

export function testManifestFiles({ objects, rego }: AdmissionFiles, args: ParsedArguments, host: Host): number {
  const tested = testManifests(objects, { engine: ENGINES[args.get(engine) ?? "cel"] });
  const others = new PolicySet(objects.filter(isOtherPolicy), { rego, ...releaseOptions(args) });
  const isIncomplete = [reportProblems(host, tested.problems), reportProblems(host, others.problems)].includes(true);
  reportExpressionWarnings(host, objects, clusterViewOf(objects));
  reportUnused(host, objects);
  const all = [...tested.results, ...otherResults(objects, others)];
  const results = args.get(denyOnly) ? all.filter(isRefusal) : all;
  host.stdout.write(printed(results, args.get(manifestOutput) ?? "text"));
  if (isIncomplete) return EXIT.incomplete;
  return all.some(isRefusal) ? EXIT.findings : EXIT.clean;
}

/** Policies that gator does not know; mutators change what these see. */
function isOtherPolicy(object: JsonObject): boolean {
  if (!isPolicy(object)) return false;
  const group = (stringAt(object, ["apiVersion"]) ?? "").split("/")[0] ?? "";
  return !group.endsWith(".gatekeeper.sh") || group === "mutations.gatekeeper.sh";
}

function otherResults(objects: readonly JsonObject[], set: PolicySet): readonly ManifestResult[] {
  set.setObjects(objects);
  const context = { cluster: clusterViewOf(objects), podSecurity: judgePodSecurity };
  return objects
    .filter((object) => !isPolicy(object))
    .flatMap((object) =>
      decide(object, set, context).violations.map(({ policy, action, message, details = {} }) => ({
        target: policy.kind,
        message,
        details,
        constraint: { kind: policy.kind, metadata: { name: policy.name } },
        enforcementAction: action,
        scopedActions: [],
        object,
      })),
    );
}

function printed(results: readonly ManifestResult[], format: "text" | "json" | "yaml" | "table"): string {
  switch (format) {
    case "json":
      return manifestJson(results);
    case "yaml":
      return manifestYaml(results);
    case "table":
      return table(results);
    case "text":
      return results
        .map(({ object, constraint, message }) => {
          const name = JSON.stringify(stringAt(constraint, ["metadata", "name"]) ?? "");
          return `${plain(`${objectName(object)}: [${name}] Message: ${JSON.stringify(message)}`)}\n`;
        })
        .join("");
  }
}

function table(results: readonly ManifestResult[]): string {
  if (results.length === 0) return "";
  const rows = results.map(({ object, constraint, enforcementAction, scopedActions, message }) => [
    enforcementAction === "scoped" ? `scoped: ${scopedActions.join(", ")}` : enforcementAction,
    `${stringAt(constraint, ["kind"]) ?? ""}/${stringAt(constraint, ["metadata", "name"]) ?? ""}`,
    objectName(object),
    message,
  ]);
  const cells = rows.map((row) => row.map((cell) => plain(cell).replaceAll("\n", " ")));
  return boxTable({ header: ["Action", "Constraint", "Object", "Message"], rows: cells });
}
