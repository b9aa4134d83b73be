/** Works on all items, `size` at once. After a failure it begins no other one. */
export async function eachAtOnce<T>(
  items: readonly T[],
  size: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = [...items].reverse();
  const next = async () => {
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) {
      await work(item).catch((error: unknown) => {
        rest.length = 0;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: size }, next));
}

/** A random id for each key that stands there more than once: what is done of it belongs together. Null for the others. */
export function batchIds<Key>(keys: Iterable<Key>): (key: Key) => string | null {
  const ids = new Map<Key, string | null>();
  for (const key of keys) ids.set(key, ids.has(key) ? (ids.get(key) ?? crypto.randomUUID()) : null);
  return (key) => ids.get(key) ?? null;
}

/** The items in their order, `size` at a time. */
export function* batchesOf<T>(items: readonly T[], size: number): Iterable<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
