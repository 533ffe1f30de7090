/** Decisions that external data has a part in: made again and again until nothing is left to ask. */
import type { JsonObject } from "@redoubt/kube";
import { type AdmissionRequest, isProblem, requestForObject, requestFromReview } from "../model/admission-request.ts";
import type { ExternalDataRequest, Provider, ProviderAnswer, ProviderFailure } from "../model/external-data.ts";
import { type Decision, type DecisionContext, decide, decideRequest, isReview } from "./decide.ts";
import { type AnswerCache, ExternalDataSession } from "./gatekeeper/external-data.ts";
import type { PolicySet } from "./policies.ts";

/** Asks a provider; never rejects. */
export interface ProviderPort extends AnswerCache {
  ask(provider: Provider, keys: readonly string[]): Promise<ProviderAnswer | ProviderFailure>;
}

/** Keys may come from answers; a policy that always asks for more must come to an end. */
const MOST_ROUNDS = 8;

const TOO_MANY: ProviderFailure = {
  statusCode: 500,
  failure: `external data is asked for in more than ${MOST_ROUNDS} rounds`,
};

/** As `decide`, with providers asked through the port. Each round asks for all that is known to be missing, at once. */
export async function decideWithProviders(
  subject: JsonObject,
  policies: PolicySet,
  context: DecisionContext,
  port: ProviderPort,
): Promise<Decision> {
  const request = isReview(subject) ? requestFromReview(subject) : requestForObject(subject, "CREATE");
  if (isProblem(request)) return decide(subject, policies, context);
  return decideRequestWithProviders(request, policies, context, port);
}

/** As `decideRequest`, with providers asked through the port. */
export async function decideRequestWithProviders(
  request: AdmissionRequest,
  policies: PolicySet,
  context: DecisionContext,
  port: ProviderPort,
): Promise<Decision> {
  const externalData = new ExternalDataSession(port);
  for (let round = 0; ; round++) {
    const decision = decideRequest(request, policies, { ...context, externalData });
    const { pending } = externalData;
    if (pending.length === 0) return decision;
    if (round >= MOST_ROUNDS) {
      externalData.refuse(TOO_MANY);
      continue;
    }
    await Promise.all(
      pending.map(async (asked) => {
        externalData.answer(asked, await answerTo(asked, policies, port));
      }),
    );
  }
}

async function answerTo(
  { provider: name, keys }: ExternalDataRequest,
  policies: PolicySet,
  port: ProviderPort,
): Promise<ProviderAnswer | ProviderFailure> {
  const provider = policies.provider(name);
  if (provider === undefined) return { statusCode: 400, failure: "key is not found in provider cache" };
  return port.ask(provider, keys);
}
