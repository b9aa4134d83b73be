import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { z } from "zod";
import { Refusal } from "../../../domain/index.ts";
import { type IndexKey, indexAttributes, type Key, TTL_ATTRIBUTE } from "./keys.ts";

/** One type of item: where it is stored, and what a valid one contains. */
export interface ItemType<T extends object> {
  readonly type: string;
  readonly schema: z.ZodType<T>;
  key(value: T): Key;
  /** What is stored beside the key: all of the value unless it is given. */
  attributes?(value: T): object;
  /** At most one of each index. */
  indexKeys?(value: T): readonly IndexKey[];
  /** From when on DynamoDB may delete it, in seconds since 1970; null for never. */
  deleteAfter?(value: T): number | null;
}

export type StoredItem = Readonly<Record<string, unknown>>;

/** An item or a key as DynamoDB has it. */
export type Attributes = Record<string, AttributeValue>;

/** A number that JavaScript does not have becomes one that no schema accepts, instead of an error of the SDK's. */
export function plain(item: Attributes): StoredItem {
  return unmarshall(item, { wrapNumbers: Number });
}

export function toItem<T extends object>(itemType: ItemType<T>, value: T): StoredItem {
  const key = itemType.key(value);
  const indexed = indexAttributes(itemType.indexKeys?.(value) ?? []);
  const attributes = itemType.attributes?.(value) ?? value;
  const item = { ...attributes, ...key, ...indexed, sk: key.sk, type: itemType.type };
  const deleteAfter = itemType.deleteAfter?.(value) ?? null;
  return deleteAfter === null ? item : { ...item, [TTL_ATTRIBUTE]: deleteAfter };
}

/**
 * Validates a stored item like any input from outside. The item must also match its key: otherwise a damaged item
 * could identify another person.
 * @throws {Refusal} STORE_UNAVAILABLE, naming the type but no value
 */
export function fromItem<T extends object>(itemType: ItemType<T>, item: StoredItem): T {
  const { success, data, error: cause } = itemType.schema.safeParse(item);
  if (item.type !== itemType.type || !success) {
    throw new Refusal("STORE_UNAVAILABLE", `${itemType.type}: the stored item is malformed`, { cause });
  }
  const key = itemType.key(data);
  if (item.pk !== key.pk || item.sk !== key.sk) {
    throw new Refusal("STORE_UNAVAILABLE", `${itemType.type}: the stored item contradicts its key`);
  }
  return data;
}
