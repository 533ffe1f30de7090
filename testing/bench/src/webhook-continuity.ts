/** What must not be noticed: policies reloaded, a certificate rotated and replicas restarted in turn, all under load. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { JsonObject } from "@redoubt/kube";
import { type LoadResult, runLoad } from "./load-client.ts";
import { LocalProxy } from "./local-proxy.ts";
import { gatekeeperPolicies } from "./webhook-policies.ts";
import { generateReviews, isRightAnswer } from "./webhook-reviews.ts";
import { type Server, Workplace } from "./webhook-servers.ts";

export interface ContinuityOptions {
  readonly reloads: number;
  /** Requests a second. */
  readonly rate: number;
}

export interface ContinuityResult extends LoadResult {
  /** Reloads that the two replicas count between their starts and ends, together. */
  readonly reloads: number;
  /** Certificates that they put to use, together. */
  readonly rotations: number;
}

/** Rejects where a request fails, or a replica does not reload, rotate or end as it is told. */
export async function runContinuity({ reloads, rate }: ContinuityOptions): Promise<ContinuityResult> {
  const workplace = new Workplace();
  const proxy = new LocalProxy();
  const ended = new AbortController();
  try {
    const policies = join(workplace.folder, "policies");
    mkdirSync(policies);
    for (const [index, policy] of gatekeeperPolicies().entries()) write(join(policies, `${index}.json`), policy);
    const replicas = [await workplace.redoubt([policies]), await workplace.redoubt([policies])];
    const port = await proxy.listen();
    await proxy.setBackends(replicas);
    const reviews = generateReviews(100);
    const target = { port, path: "/validate?timeout=10s", authority: workplace.authority, connections: 16 };
    const load = runLoad(target, {
      bodies: reviews.map(({ body }) => body),
      seconds: 600,
      rate,
      signal: ended.signal,
      isRight: (index, status, body) => isRightAnswer(reviews[index], status, body),
    });
    // Whatever fails first ends the other.
    const changes = change(workplace, proxy, replicas, policies, reloads).finally(() => ended.abort());
    const [result, changed] = await Promise.all([load, changes]);
    return { ...result, ...changed };
  } finally {
    ended.abort();
    proxy.close();
    await workplace.close();
  }
}

async function change(
  workplace: Workplace,
  proxy: LocalProxy,
  replicas: readonly Server[],
  policies: string,
  count: number,
): Promise<{ readonly reloads: number; readonly rotations: number }> {
  for (let reload = 1; reload <= count; reload++) {
    write(join(policies, "changing.json"), changingConstraint(reload));
    for (const replica of replicas) await reached(() => replica.metric(RELOADS), reload + 1);
  }
  workplace.rotateCertificate();
  for (const replica of replicas) await reached(() => replica.metric(ROTATIONS), 1);
  const counts = await Promise.all(
    replicas.map(async (one) => [await one.metric(RELOADS), await one.metric(ROTATIONS)]),
  );
  const current = [...replicas];
  for (const [index, replica] of replicas.entries()) {
    await replica.stop();
    current[index] = await workplace.redoubt([policies], replica.port);
    await proxy.setBackends([...current]);
    await delay(500);
  }
  const sum = (at: number): number => counts.reduce((total, each) => total + (each[at] ?? 0), 0);
  return { reloads: sum(0) - replicas.length, rotations: sum(1) };
}

const RELOADS = 'redoubt_policy_reloads_total{result="success"}';
const ROTATIONS = 'redoubt_certificate_reloads_total{result="success"}';

async function reached(read: () => Promise<number>, least: number): Promise<void> {
  const end = performance.now() + 30_000;
  while ((await read()) < least) {
    if (performance.now() > end) throw new Error(`a replica does not come to ${least}`);
    await delay(200);
  }
}

/** It changes with each reload, and no verdict with it. */
function changingConstraint(reload: number): JsonObject {
  return {
    apiVersion: "constraints.gatekeeper.sh/v1beta1",
    kind: "BenchTags",
    metadata: { name: "changing" },
    spec: { match: { kinds: [{ apiGroups: [""], kinds: ["Pod"] }] }, parameters: { tag: `reload-${reload}` } },
  };
}

function write(file: string, value: JsonObject): void {
  writeFileSync(file, JSON.stringify(value));
}
