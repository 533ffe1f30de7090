/** One audit: all objects of the kinds that policies are for, page by page, judged as the webhook judges. */
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type ClusterView,
  type PolicySet,
  type ProviderPort,
  type Violation,
  decideRequestWithProviders,
  requestForObject,
} from "@redoubt/admission";
import {
  type ApiConnection,
  type JsonObject,
  type ServedResource,
  isJsonObject,
  listAt,
  parseJson,
  resourcePath,
  stringAt,
  RedoubtError,
} from "@redoubt/kube";
import { errorText } from "../log.ts";
import { pause } from "../cluster/reconciler.ts";
import { Tally, type TallyJson, type TallyLimits } from "./tally.ts";

/** How far an audit is. JSON. */
export interface AuditProgress {
  /** When it was begun, as RFC 3339. */
  readonly startedAt: string;
  /** Which policies it is of. */
  readonly policies: string;
  /** `GROUP/KIND` of the kinds that are finished. */
  readonly finished: readonly string[];
  /** Kinds that could not be read, with the reasons. */
  readonly unread: readonly (readonly [string, string])[];
  readonly tally: TallyJson;
  /** The kind that is being read: what was found, and where its list goes on. */
  readonly current?: { readonly kind: string; readonly next: string; readonly tally: TallyJson };
}

export interface AuditOptions {
  readonly connection: ApiConnection;
  readonly policies: PolicySet;
  readonly cluster: ClusterView;
  readonly exemptNamespaces?: ReadonlySet<string>;
  /** Asks external data providers, where the policies may ask some. */
  readonly providers: ProviderPort;
  readonly limits: TallyLimits;
  /** Objects asked for at once. */
  readonly chunk: number;
  /** Between two requests. */
  readonly pauseMs: number;
  /** Told after each page, so that the audit can go on from there. */
  readonly progressed?: (progress: AuditProgress) => Promise<void>;
}

/** Lists that expired are begun anew no more often than this. */
const RESTARTS = 3;
/** Longer than this no request of the webhook waits for the audit. */
const TURN_MS = 5;

/**
 * @throws RedoubtError where the API server cannot be reached: begin again with the last progress.
 * @throws the signal's reason when aborted.
 */
export async function runAudit(
  kinds: readonly ServedResource[],
  from: AuditProgress,
  options: AuditOptions,
  signal: AbortSignal,
): Promise<AuditProgress> {
  let progress = from;
  for (const resource of kinds) {
    if (progress.finished.includes(kindKey(resource))) continue;
    progress = await auditKind(resource, progress, options, signal);
    await options.progressed?.(progress);
  }
  return progress;
}

async function auditKind(
  resource: ServedResource,
  from: AuditProgress,
  options: AuditOptions,
  signal: AbortSignal,
): Promise<AuditProgress> {
  const { limits, chunk, pauseMs, progressed } = options;
  const kind = kindKey(resource);
  const { current, ...before } = from;
  let next = current?.kind === kind ? current.next : "";
  let tally = new Tally(limits, current?.kind === kind ? current.tally : undefined);
  for (let restarts = 0; ;) {
    const page = await readPage(options.connection, resource, chunk, next, signal);
    if (page.kind === "expired" && restarts < RESTARTS) {
      restarts += 1;
      next = "";
      tally = new Tally(limits);
      continue;
    }
    if (page.kind !== "page") {
      const reason = page.kind === "expired" ? "its list expired again and again" : page.reason;
      return { ...before, finished: [...before.finished, kind], unread: [...before.unread, [kind, reason]] };
    }
    await judgeAll(resource, page.items, tally, options, signal);
    if (page.next === "") {
      const whole = new Tally(limits, before.tally);
      whole.join(tally.toJson());
      return { ...before, finished: [...before.finished, kind], tally: whole.toJson() };
    }
    next = page.next;
    await progressed?.({ ...before, current: { kind, next, tally: tally.toJson() } });
    await pause(pauseMs, signal);
  }
}

async function judgeAll(
  resource: ServedResource,
  items: readonly unknown[],
  tally: Tally,
  options: AuditOptions,
  signal: AbortSignal,
): Promise<void> {
  let since = performance.now();
  for (const item of items) {
    if (isJsonObject(item)) await judge(resource, item, tally, options);
    signal.throwIfAborted();
    if (performance.now() - since < TURN_MS) continue;
    await nextTurn();
    since = performance.now();
  }
}

/** A fault within is told of its object: one that someone made odd on purpose must not end all audits. */
const FAULT = { policy: { kind: "Audit", name: "fault" }, action: "deny", isError: true } as const;

async function judge(
  { group, version, kind, resource }: ServedResource,
  item: JsonObject,
  tally: Tally,
  { policies, cluster, exemptNamespaces, providers }: AuditOptions,
): Promise<void> {
  const apiVersion = group === "" ? version : `${group}/${version}`;
  const object = { apiVersion, kind, ...item };
  const request = { ...requestForObject(object), resource: { group, version, resource } };
  const context = {
    cluster,
    point: "audit.gatekeeper.sh",
    phase: "validate",
    ...(exemptNamespaces === undefined ? {} : { exemptNamespaces }),
  } as const;
  const found = async (): Promise<readonly Violation[]> => {
    const { violations } = await decideRequestWithProviders(request, policies, context, providers);
    // Policies of Rego are about requests, and know an object as what someone creates.
    const isExempt = exemptNamespaces?.has(request.namespace) === true;
    const ofRego = isExempt || policies.rego.isEmpty ? [] : policies.rego.review({ ...request, operation: "CREATE" });
    return [...violations.filter(({ policy }) => policy.kind !== "Rego"), ...ofRego];
  };
  const all = await found().catch((error: unknown) => [
    { ...FAULT, message: `it could not be judged: ${errorText(error)}` },
  ]);
  const { namespace, name } = request;
  tally.add({ apiVersion, kind, namespace, name, uid: stringAt(object, ["metadata", "uid"]) ?? "" }, all);
}

type Page =
  | { readonly kind: "page"; readonly items: readonly unknown[]; readonly next: string }
  | { readonly kind: "expired" }
  | { readonly kind: "unread"; readonly reason: string };

async function readPage(
  connection: ApiConnection,
  resource: ServedResource,
  limit: number,
  next: string,
  signal: AbortSignal,
): Promise<Page> {
  const query = new URLSearchParams({ limit: String(limit), ...(next === "" ? {} : { continue: next }) });
  const { status, text } = await connection.get(`${resourcePath(resource)}?${query.toString()}`, { signal });
  if (status === 410) return { kind: "expired" };
  const body = parse(text);
  if (status === 200 && isJsonObject(body)) {
    return { kind: "page", items: listAt(body, ["items"]), next: stringAt(body, ["metadata", "continue"]) ?? "" };
  }
  const reason = stringAt(body, ["message"]) ?? `the API server answered ${status}`;
  if (status === 429 || status >= 500) throw new RedoubtError("KUBE_API_REFUSED", reason);
  return { kind: "unread", reason };
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function kindKey({ group, kind }: ServedResource): string {
  return `${group}/${kind}`;
}
