import { createHash } from "node:crypto";
import type { AttributeValue, TableDescription } from "@aws-sdk/client-dynamodb";
import { z } from "zod";
import { type Catalog, type Column, LeakProblem, type RowKey, type Table } from "../model.ts";
import type { Item } from "./attributes.ts";
import { type DynamodbAddress, nameOf, type Send } from "./requests.ts";

const keyType = z.enum(["S", "N", "B"]);

/** The attributes of a primary key, the partition's first. */
export type KeyColumns = readonly { readonly name: string; readonly type: z.output<typeof keyType> }[];

export interface DescribedTable {
  readonly catalog: Catalog;
  readonly table: Table;
  readonly keys: KeyColumns;
}

/** @throws {LeakProblem} */
export async function describe(
  address: DynamodbAddress,
  send: Send,
  signal: AbortSignal,
): Promise<DescribedTable> {
  const { table: name, region, endpoint } = address;
  const input = { TableName: name };
  const { Table: found } = await send((client, options) => client.describeTable(input, options), signal);
  if (found === undefined) throw new LeakProblem(`${name}: DynamoDB does not describe this table`);
  const keys = keysOf(found);
  const columns = keys.map((key): Column => ({ ...key, form: "value", isGenerated: false }));
  const { ItemCount: count = 0 } = found;
  const table = { name, key: keys.map((key) => key.name), columns, rows: count === 0 ? null : count };
  const where = endpoint === undefined ? region : `${new URL(endpoint).host}, ${region}`;
  const place = `DynamoDB table ${name} (${where})`;
  const identity = [found.TableArn, found.TableId ?? found.CreationDateTime, keys];
  const catalog: Catalog = {
    store: "dynamodb",
    label: place,
    place,
    schemas: null,
    skipped: [],
    fingerprint: createHash("sha256").update(JSON.stringify(identity)).digest("hex"),
    tables: [table],
    notes: [...notesOf(found), ...(await expiryNotes(name, send, signal))],
  };
  return { catalog, table, keys };
}

function keysOf({ KeySchema = [], AttributeDefinitions = [] }: TableDescription): KeyColumns {
  const partitionFirst = KeySchema.toSorted(({ KeyType }) => (KeyType === "HASH" ? -1 : 1));
  return partitionFirst.map(({ AttributeName: name = "" }) => {
    const definition = AttributeDefinitions.find(({ AttributeName }) => AttributeName === name);
    return { name, type: keyType.parse(definition?.AttributeType) };
  });
}

function notesOf({ StreamSpecification, Replicas = [] }: TableDescription): string[] {
  return [
    "The attributes of an item are found while it is read: only those of the key are known before.",
    "An item whose key holds a subject is written under its new key and deleted under the old one. A writer that adds an attribute to it in this moment loses it: stop the writers of such items.",
    ...(StreamSpecification?.StreamEnabled
      ? [
          `The table has a stream (${StreamSpecification.StreamViewType}): each change is an event for its readers, and a new key is a removal and an insertion.`,
        ]
      : []),
    ...(Replicas.length > 0
      ? [
          `The table is global: the changes are copied to ${Replicas.map(({ RegionName }) => RegionName).join(", ")}.`,
        ]
      : []),
  ];
}

async function expiryNotes(name: string, send: Send, signal: AbortSignal): Promise<string[]> {
  const input = { TableName: name };
  try {
    const described = await send((client, options) => client.describeTimeToLive(input, options), signal);
    const { AttributeName, TimeToLiveStatus } = described.TimeToLiveDescription ?? {};
    if (AttributeName === undefined || !/^ENABL/.test(TimeToLiveStatus ?? "")) return [];
    return [
      `Items expire by ${AttributeName}: those that have expired and are not deleted yet are looked at like all others.`,
    ];
  } catch (error) {
    const cause = error instanceof LeakProblem ? error.cause : error;
    if (!/^(AccessDenied|UnknownOperation)/.test(nameOf(cause))) throw error;
    return ["Whether items expire is not known: it needs dynamodb:DescribeTimeToLive."];
  }
}

/** The key of an item as texts: a number as DynamoDB writes it, bytes as base64. */
export function rowKeyOf(item: Item, keys: KeyColumns): RowKey {
  return keys.map(({ name }) => {
    const { S, N, B } = item[name] ?? {};
    return S ?? N ?? Buffer.from(B ?? []).toString("base64");
  });
}

/** @throws {LeakProblem} the key is not one of this table */
export function itemKeyOf(rowKey: RowKey, keys: KeyColumns): Record<string, AttributeValue> {
  if (rowKey.length !== keys.length) throw new LeakProblem("a key has another length than that of the table");
  return Object.fromEntries(keys.map(({ name, type }, at) => [name, keyValue(type, rowKey[at] ?? "")]));
}

function keyValue(type: z.output<typeof keyType>, text: string): AttributeValue {
  if (type === "S") return { S: text };
  return type === "N" ? { N: text } : { B: Buffer.from(text, "base64") };
}
