import { isArray, isObject, isSet } from "../values/kinds.ts";
import { objectEntries, objectGet } from "../values/object.ts";
import { RegoSet } from "../values/set.ts";
import type { ObjectValue, Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { membersOf, objectOperand, typeError } from "./operands.ts";

function rootsOperand(roots: Value): readonly Value[] {
  const members = membersOf(roots);
  if (members === undefined) throw typeError(2, roots, "{array, set}");
  return members;
}

function reachable(context: BuiltinContext, graph: Value, roots: Value): Value {
  const edges = objectOperand(graph, 1);
  const queue = [...rootsOperand(roots)];
  const reached = new RegoSet();
  const seen = RegoSet.from(queue);
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    const neighbours = objectGet(edges, node);
    if (neighbours === undefined) continue;
    reached.add(node);
    for (const neighbour of membersOf(neighbours) ?? []) {
      if (seen.has(neighbour)) continue;
      seen.add(neighbour);
      queue.push(neighbour);
      context.charge(1);
    }
  }
  return reached;
}

function reachablePaths(context: BuiltinContext, graph: Value, roots: Value): Value {
  const edges = objectOperand(graph, 1);
  const paths = new RegoSet();
  for (const root of rootsOperand(roots)) {
    const neighbours = objectGet(edges, root);
    if (neighbours === undefined) continue;
    const members = membersOf(neighbours) ?? [];
    if (members.length === 0) paths.add([root]);
    for (const neighbour of members) followPath(context, edges, neighbour, [root], RegoSet.of(root), paths);
  }
  return paths;
}

function followPath(
  context: BuiltinContext,
  edges: ObjectValue,
  node: Value,
  path: readonly Value[],
  onPath: RegoSet,
  paths: RegoSet,
): void {
  context.charge(path.length);
  const neighbours = objectGet(edges, node);
  if (neighbours === undefined) {
    paths.add(path);
    return;
  }
  const extended = [...path, node];
  const members = membersOf(neighbours) ?? [];
  if (members.length === 0) paths.add(extended);
  const visited = RegoSet.from(onPath.values()).add(node);
  for (const neighbour of members) {
    if (visited.has(neighbour)) paths.add(extended);
    else followPath(context, edges, neighbour, extended, visited, paths);
  }
}

/**
 * Visits a value and all that lies within it, each with its path, in OPA's order. `visit` says whether to go on; the
 * result is whether all was visited.
 */
export function walk(value: Value, visit: (path: readonly Value[], value: Value) => boolean): boolean {
  return walkFrom([], value, visit);
}

function walkFrom(
  path: readonly Value[],
  value: Value,
  visit: (path: readonly Value[], value: Value) => boolean,
): boolean {
  if (!visit(path, value)) return false;
  if (isArray(value)) return value.every((item, i) => walkFrom([...path, i], item, visit));
  if (isSet(value)) return value.sorted().every((member) => walkFrom([...path, member], member, visit));
  if (!isObject(value)) return true;
  return objectEntries(value).every(([key, item]) => walkFrom([...path, key], item, visit));
}

/** As `walk`, for callers that do not want the paths: much cheaper. */
export function walkValues(value: Value, visit: (value: Value) => boolean): boolean {
  if (!visit(value)) return false;
  if (isArray(value)) return value.every((item) => walkValues(item, visit));
  if (isSet(value)) return value.sorted().every((member) => walkValues(member, visit));
  if (!isObject(value)) return true;
  return objectEntries(value).every(([, item]) => walkValues(item, visit));
}

function walkPairs(context: BuiltinContext, value: Value): Value {
  const pairs: Value[] = [];
  walk(value, (path, item) => {
    context.charge(2 + path.length);
    pairs.push([path, item]);
    return true;
  });
  return pairs;
}

export const graphs: Family = {
  "graph.reachable": reachable,
  "graph.reachable_paths": reachablePaths,
  walk: walkPairs,
};
