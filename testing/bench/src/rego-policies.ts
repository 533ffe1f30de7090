/** The same policies as JavaScript, as one would write them by hand, and the inputs and data that they are measured on. */
import { SeededRandom } from "@redoubt/peers";

const SEED = 20_261_124;

// Admission

interface Review {
  readonly request: {
    readonly kind: { readonly kind: string };
    readonly object: { readonly spec: { readonly containers: readonly Container[] } };
  };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly securityContext?: { readonly privileged?: boolean };
}

/** Pods of ten containers, some of which come from elsewhere or are privileged. */
export function admissionReviews(): readonly Review[] {
  const random = new SeededRandom(SEED);
  return Array.from({ length: 8 }, () => ({
    request: {
      kind: { kind: "Pod" },
      object: {
        spec: {
          containers: Array.from({ length: 10 }, (_, index) => ({
            name: `container-${index}`,
            image: `${random.chance(0.8) ? "registry.company.com" : "docker.io"}/team/service-${index}:v1`,
            ...(random.chance(0.5) ? { securityContext: { privileged: random.chance(0.3) } } : {}),
          })),
        },
      },
    },
  }));
}

export function deny({ request }: Review): readonly string[] {
  const messages = new Set<string>();
  if (request.kind.kind !== "Pod") return [];
  for (const { name, image, securityContext } of request.object.spec.containers) {
    if (!image.startsWith("registry.company.com/")) {
      messages.add(`container ${name}: image ${image} is not from the approved registry`);
    }
    if (securityContext?.privileged === true) messages.add(`container ${name}: privileged containers are not allowed`);
  }
  return [...messages];
}

// Access over many bindings

interface AccessData {
  readonly bindings: readonly Binding[];
  readonly roles: Readonly<Record<string, { readonly rules: readonly RoleRule[] }>>;
}

interface Binding {
  readonly name: string;
  readonly user: string;
  readonly namespace: string;
  readonly role: string;
}

interface RoleRule {
  readonly verbs: readonly string[];
  readonly resources: readonly string[];
}

interface AccessRequest {
  readonly user: string;
  readonly namespace: string;
  readonly verb: string;
  readonly resource: string;
}

const VERBS = ["get", "list", "watch", "create", "update", "delete"] as const;
const RESOURCES = ["pods", "secrets", "configmaps", "services", "deployments", "jobs"] as const;

/** `rows` bindings of a thousand users (more with more rows) to fifty roles. */
export function accessData(rows: number): AccessData {
  const random = new SeededRandom(SEED);
  const roles = Object.fromEntries(
    Array.from({ length: 50 }, (_, role) => [
      `role-${role}`,
      {
        rules: Array.from({ length: 2 }, () => ({
          verbs: random.some(VERBS, 0.4),
          resources: random.some(RESOURCES, 0.3),
        })),
      },
    ]),
  );
  const bindings = Array.from({ length: rows }, (_, row) => ({
    name: `binding-${row}`,
    user: `user-${random.integer(0, rows / 10 - 1)}`,
    namespace: random.chance(0.1) ? "*" : `team-${random.integer(0, 9)}`,
    role: `role-${random.integer(0, 49)}`,
  }));
  return { bindings, roles };
}

export function accessRequests(rows: number): readonly AccessRequest[] {
  const random = new SeededRandom(SEED + 1);
  return Array.from({ length: 8 }, () => ({
    user: `user-${random.integer(0, rows / 10 - 1)}`,
    namespace: `team-${random.integer(0, 9)}`,
    verb: random.pick(VERBS),
    resource: random.pick(RESOURCES),
  }));
}

export function decide(
  { user, namespace, verb, resource }: AccessRequest,
  { bindings, roles }: AccessData,
): { readonly allow: boolean; readonly reasons: readonly { readonly binding: string; readonly role: string }[] } {
  const reasons = [];
  for (const binding of bindings) {
    if (binding.user !== user || (binding.namespace !== namespace && binding.namespace !== "*")) continue;
    const granted = roles[binding.role]?.rules.some(
      ({ verbs, resources }) => verbs.includes(verb) && resources.includes(resource),
    );
    if (granted === true) reasons.push({ binding: binding.name, role: binding.role });
  }
  return { allow: reasons.length > 0, reasons };
}

// Services that call each other

interface ServiceMap {
  readonly services: readonly { readonly name: string; readonly team: string; readonly calls: readonly string[] }[];
}

export function serviceMaps(): readonly ServiceMap[] {
  const random = new SeededRandom(SEED);
  return Array.from({ length: 4 }, () => ({
    services: Array.from({ length: 60 }, (_, service) => ({
      name: `service-${service}`,
      team: `team-${random.integer(0, 7)}`,
      calls: Array.from({ length: random.integer(0, 3) }, () => `service-${random.integer(0, 59)}`),
    })),
  }));
}

export function describeServices({ services }: ServiceMap): unknown {
  const calls = new Map(services.map((service) => [service.name, new Set(service.calls)]));
  const teams = new Map(services.map(({ name, team }) => [name, team]));
  const reached = new Map(services.map(({ name }) => [name, reachable(calls, name)]));
  const callers = new Map<string, number>(services.map(({ name }) => [name, 0]));
  for (const [name, called] of calls) {
    for (const other of called) {
      if (other !== name) callers.set(other, (callers.get(other) ?? 0) + 1);
    }
  }
  const couplings: Record<string, number> = {};
  const cycles: string[] = [];
  for (const [name, others] of reached) {
    if (others.has(name)) cycles.push(name);
    const team = teams.get(name) ?? "";
    for (const other of others) if (teams.get(other) !== team) couplings[team] = (couplings[team] ?? 0) + 1;
  }
  return {
    couplings,
    cycles,
    // In the order of names, as the policy goes through its objects.
    hubs: [...callers]
      .filter(([, count]) => count >= 3)
      .map(([name]) => name)
      .toSorted(),
    loneliest: [...reached]
      .filter(([name, others]) => others.size === 0 && callers.get(name) === 0)
      .map(([name]) => name),
  };
}

/** What can be reached from a service over at least one call. */
function reachable(calls: ReadonlyMap<string, ReadonlySet<string>>, start: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [...(calls.get(start) ?? [])];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    waiting.push(...(calls.get(name) ?? []));
  }
  return seen;
}

// Many rules

interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly role: string;
}

const METHODS = ["GET", "POST", "PUT", "DELETE"] as const;
const ROUTES = 500;

/** A policy of 500 rules, one for each route of an API, which OPA finds through its index. */
export function routesPolicy(): string {
  const rules = Array.from({ length: ROUTES }, (_, route) => {
    const { method, path, role } = routeOf(route);
    return `
allow if {
	input.method == "${method}"
	input.path == "${path}"
	input.role == "${role}"
}
`;
  });
  return `package routes\n\ndefault allow := false\n${rules.join("")}`;
}

function routeOf(route: number): ApiCall {
  return {
    method: METHODS[route % METHODS.length] ?? "GET",
    path: `/api/v1/resource-${Math.floor(route / METHODS.length)}`,
    role: `role-${route % 7}`,
  };
}

export function apiCalls(): readonly ApiCall[] {
  const random = new SeededRandom(SEED);
  return Array.from({ length: 20 }, () => {
    const call = routeOf(random.integer(0, ROUTES - 1));
    return random.chance(0.5) ? call : { ...call, role: `role-${random.integer(0, 6)}` };
  });
}

const routes: ReadonlyMap<string, string> = new Map(
  Array.from({ length: ROUTES }, (_, route) => {
    const { method, path, role } = routeOf(route);
    return [`${method} ${path}`, role];
  }),
);

export function allowCall({ method, path, role }: ApiCall): boolean {
  return routes.get(`${method} ${path}`) === role;
}
