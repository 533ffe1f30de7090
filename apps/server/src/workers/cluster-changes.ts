/** What policies read of the cluster, handed to another process: only what has changed. */
import { type ClusterView, type ObjectsOfKind, clusterViewOf } from "@redoubt/admission";
import { type JsonObject, stringAt } from "@redoubt/kube";
import { type ClusterKind, type ClusterState, NAMESPACES_KEY } from "../policies/policy-store.ts";

export interface KindChange {
  readonly key: string;
  readonly isNamespaced: boolean;
  readonly isData: boolean;
  /** By `NAMESPACE/NAME`: what is new or other than it was. */
  readonly put: readonly (readonly [string, JsonObject])[];
  readonly gone: readonly string[];
  /** Whether policies no longer read the kind. */
  readonly isLeft: boolean;
}

interface HeldKind {
  readonly isNamespaced: boolean;
  readonly isData: boolean;
  readonly objects: ReadonlyMap<string, JsonObject>;
}

/** Tells how a cluster differs from how it was told before. Objects that are the same value are taken to be unchanged. */
export class ClusterChanges {
  #told: ReadonlyMap<string, HeldKind> = new Map();

  next({ kinds }: ClusterState): readonly KindChange[] {
    const before = this.#told;
    this.#told = new Map(kinds.map((kind) => [kind.key, heldKind(kind)]));
    const changes = [...this.#told].flatMap(([key, kind]) => changeOf(key, before.get(key), kind));
    const left = [...before].filter(([key]) => !this.#told.has(key));
    return [...changes, ...left.map(([key, kind]) => ({ ...kind, key, put: [], gone: [], isLeft: true }))].map(plain);
  }

  /** Everything that has been told. */
  all(): readonly KindChange[] {
    return Array.from(this.#told, ([key, kind]) =>
      plain({ ...kind, key, put: [...kind.objects], gone: [], isLeft: false }),
    );
  }
}

function plain({ key, isNamespaced, isData, put, gone, isLeft }: KindChange): KindChange {
  return { key, isNamespaced, isData, put, gone, isLeft };
}

function heldKind({ isNamespaced, isData, objects }: ClusterKind): HeldKind {
  return { isNamespaced, isData, objects: new Map(objects.map((object) => [idOf(object), object])) };
}

function idOf(object: JsonObject): string {
  return `${stringAt(object, ["metadata", "namespace"]) ?? ""}/${stringAt(object, ["metadata", "name"]) ?? ""}`;
}

function changeOf(key: string, before: HeldKind | undefined, kind: HeldKind): readonly KindChange[] {
  const put = [...kind.objects].filter(([id, object]) => before?.objects.get(id) !== object);
  const gone = before === undefined ? [] : [...before.objects.keys()].filter((id) => !kind.objects.has(id));
  const isSame = before?.isData === kind.isData && before.isNamespaced === kind.isNamespaced;
  if (isSame && put.length === 0 && gone.length === 0) return [];
  return [{ key, isNamespaced: kind.isNamespaced, isData: kind.isData, put, gone, isLeft: false }];
}

/** A cluster as another process tells it. */
export class ToldCluster implements ClusterView {
  readonly #kinds = new Map<string, { isNamespaced: boolean; isData: boolean; objects: Map<string, JsonObject> }>();
  readonly #builtIn: ClusterView = clusterViewOf([]);

  apply(changes: readonly KindChange[]): ClusterState {
    for (const { key, isNamespaced, isData, put, gone, isLeft } of changes) {
      const objects = this.#kinds.get(key)?.objects ?? new Map<string, JsonObject>();
      for (const id of gone) objects.delete(id);
      for (const [id, object] of put) objects.set(id, object);
      if (isLeft) this.#kinds.delete(key);
      else this.#kinds.set(key, { isNamespaced, isData, objects });
    }
    return {
      view: this,
      kinds: Array.from(this.#kinds, ([key, { isNamespaced, isData, objects }]) => {
        return { key, isNamespaced, isData, objects: [...objects.values()] };
      }),
    };
  }

  namespace(name: string): JsonObject | undefined {
    return this.#kinds.get(NAMESPACES_KEY)?.objects.get(`/${name}`);
  }

  objectsOf(apiVersion: string, kind: string): ObjectsOfKind | undefined {
    const held = this.#kinds.get(`${apiVersion} ${kind}`);
    if (held === undefined) return this.#builtIn.objectsOf(apiVersion, kind);
    return { isNamespaced: held.isNamespaced, objects: [...held.objects.values()] };
  }
}
