/**
 * What DynamoDB charges for a request, by the rules of its documentation ("Amazon DynamoDB item sizes and formats", "Read
 * and write operations"): the embedded store does not say.
 */
import { z } from "zod";
import type { RecordedCall } from "./recorded-calls.ts";

const value = z.union([
  z.object({ S: z.string() }),
  z.object({ N: z.string() }),
  z.object({ BOOL: z.boolean() }),
  z.object({ NULL: z.boolean() }),
  z.object({ L: z.array(z.unknown()) }),
  z.object({ M: z.record(z.string(), z.unknown()) }),
]);
const item = z.record(z.string(), z.unknown());
type Item = z.output<typeof item>;

const READ_BYTES = 4_096;
const WRITE_BYTES = 1_024;
/** Stored with each item, and with its copy in an index. */
const OVERHEAD_BYTES = 100;

/** The bytes of an item: the names and the values of its attributes. */
export function bytesOf(attributes: Item): number {
  const of = ([name, content]: [string, unknown]) => Buffer.byteLength(name) + valueBytes(content);
  return sum(Object.entries(attributes).map(of));
}

function valueBytes(content: unknown): number {
  const parsed = value.parse(content);
  if ("S" in parsed) return Buffer.byteLength(parsed.S);
  if ("N" in parsed) return Math.ceil(parsed.N.length / 2) + 1;
  if ("L" in parsed) return 3 + sum(parsed.L.map((each) => 1 + valueBytes(each)));
  if ("M" in parsed) return 3 + Object.keys(parsed.M).length + bytesOf(parsed.M);
  return 1;
}

export interface Units {
  readonly reads: number;
  readonly writes: number;
}

const isConsistent = z.object({ ConsistentRead: z.boolean().optional() });
const got = z.object({ Item: item.optional() });
const queried = z.object({ Items: z.array(item) });
const batched = z.object({ Responses: z.record(z.string(), z.array(item)) });
const batch = z.object({ RequestItems: z.record(z.string(), isConsistent.extend({ Keys: z.array(item) })) });
const put = z.object({ Item: item });

/** The request units of a call. Those of the user directory have none. @throws for an operation that it does not know */
export function unitsOf({ operation, request, reply }: RecordedCall): Units {
  const reads = (bytes: readonly number[], { ConsistentRead = false }) => ({
    reads: sum(bytes.map((each) => Math.max(1, Math.ceil(each / READ_BYTES)))) * (ConsistentRead ? 1 : 0.5),
    writes: 0,
  });
  switch (operation) {
    case "POST":
      return { reads: 0, writes: 0 };
    case "GetItem":
      return reads([bytesOf(got.parse(reply).Item ?? {})], isConsistent.parse(request));
    case "Query":
      return reads([sum(queried.parse(reply).Items.map(bytesOf))], isConsistent.parse(request));
    case "BatchGetItem": {
      const [asked] = Object.values(batch.parse(request).RequestItems);
      const found = Object.values(batched.parse(reply).Responses).flat().map(bytesOf);
      const absent = (asked?.Keys.length ?? 0) - found.length;
      return reads([...found, ...Array<number>(absent).fill(0)], asked ?? {});
    }
    case "PutItem": {
      const written = put.parse(request).Item;
      const copies = "gsi1pk" in written ? 2 : 1; // the index holds whole items
      return { reads: 0, writes: Math.ceil(bytesOf(written) / WRITE_BYTES) * copies };
    }
    default:
      throw new Error(`the units of ${operation} are not known`);
  }
}

export interface Stored {
  readonly tableBytes: number;
  readonly indexBytes: number;
}

/** What the calls leave in the table and in its index, if nothing was there before. */
export function storedBy(calls: readonly RecordedCall[]): Stored {
  const puts = calls.filter(({ operation }) => operation === "PutItem");
  const items = puts.map(({ request }) => put.parse(request).Item);
  const last = new Map(items.map((each) => [JSON.stringify([each.pk, each.sk]), each]));
  const bytes = (some: readonly Item[]) => sum(some.map((each) => bytesOf(each) + OVERHEAD_BYTES));
  const all = [...last.values()];
  return { tableBytes: bytes(all), indexBytes: bytes(all.filter((each) => "gsi1pk" in each)) };
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}
