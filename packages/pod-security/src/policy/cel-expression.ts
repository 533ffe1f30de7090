/** Builds CEL over a pod (`object`) for a ValidatingAdmissionPolicy that declares `POD_VARIABLES`. */

/** The lists are kept apart: their items are of different types, which CEL does not join. */
export const POD_VARIABLES: readonly { readonly name: string; readonly expression: string }[] = [
  { name: "containers", expression: "object.spec.containers" },
  {
    name: "initContainers",
    expression: "has(object.spec.initContainers) ? object.spec.initContainers : []",
  },
  {
    name: "ephemeralContainers",
    expression: "has(object.spec.ephemeralContainers) ? object.spec.ephemeralContainers : []",
  },
  { name: "volumes", expression: "has(object.spec.volumes) ? object.spec.volumes : []" },
];

/** A string or a list of them as CEL writes it. */
export function literal(value: string | readonly string[]): string {
  return typeof value === "string"
    ? JSON.stringify(value)
    : `[${value.map((item) => JSON.stringify(item)).join(", ")}]`;
}

/** True when `predicate`, over `c`, holds for every container of every kind. */
export function everyContainer(predicate: string): string {
  return ["containers", "initContainers", "ephemeralContainers"]
    .map((list) => `variables.${list}.all(c, ${predicate})`)
    .join(" && ");
}

/** True when `predicate`, over `v`, holds for every volume. */
export function everyVolume(predicate: string): string {
  return `variables.volumes.all(v, ${predicate})`;
}

/** `has(root.a) && has(root.a.b)`: that a path exists. */
export function exists(root: string, ...path: readonly string[]): string {
  return path.map((_, index) => `has(${[root, ...path.slice(0, index + 1)].join(".")})`).join(" && ");
}

/** Of a security context's field: the container's own value, else the pod's, else `absent`. For use over `c`. */
export function effective(field: string, test: (value: string) => string, absent: string): string {
  const own = `c.securityContext.${field}`;
  const pods = `object.spec.securityContext.${field}`;
  return (
    `(${exists("c", "securityContext", field)} ? (${test(own)}) : ` +
    `(${exists("object.spec", "securityContext", field)} ? (${test(pods)}) : ${absent}))`
  );
}

/** That a number lies in one of the ranges. */
export function inRanges(value: string, ranges: readonly { readonly min: number; readonly max: number }[]): string {
  return ranges
    .map(({ min, max }) => (min === max ? `${value} == ${min}` : `(${value} >= ${min} && ${value} <= ${max})`))
    .join(" || ");
}
