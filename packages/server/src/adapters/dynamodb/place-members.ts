import { isDeepStrictEqual } from "node:util";
import { marshall } from "@aws-sdk/util-dynamodb";
import { batchesOf, type Membership, newRevision } from "../../domain/index.ts";
import { ABSENT, placeholders } from "./table/expression.ts";
import { keys } from "./table/keys.ts";
import { itemsOfMember } from "./table/member-items.ts";
import { getRaw, requestsOf, scanRaw } from "./table/raw-items.ts";
import type { StoredItem } from "./table/stored-item.ts";
import type { DynamoTable } from "./table/table.ts";
import { dynamoTransactions } from "./transactions.ts";
import { kindOf, validOf } from "./verify-rules.ts";

/** What was done since the last page. */
export interface PlacedPage {
  readonly items: number;
  /** Memberships that were stored again with what lists and finds them. */
  readonly placed: number;
  /** Words and places that no membership has. */
  readonly removed: number;
}

const AT_ONCE = 25;

/**
 * Reads the whole table, and brings what lists and finds members in line with the memberships. What changes meanwhile is
 * written by its own transaction. It may be ended at any moment, and be run again.
 * @throws {Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts
 */
export async function* placeMembers(table: DynamoTable, signal: AbortSignal): AsyncIterable<PlacedPage> {
  for await (const page of scanRaw(table, "item", {}, signal)) {
    const done = { placed: 0, removed: 0 };
    for (const some of batchesOf(page, AT_ONCE)) {
      const outcomes = await Promise.all(some.map((item) => bringInLine(item, table, signal)));
      for (const outcome of outcomes) if (outcome !== null) done[outcome] += 1;
    }
    yield { items: page.length, ...done };
  }
}

function bringInLine(item: StoredItem, table: DynamoTable, signal: AbortSignal) {
  const kind = kindOf(item);
  if (kind === "membership") {
    const member = validOf(kind, item);
    return member && place(member, table, signal);
  }
  const beside = kind === "memberWord" || kind === "memberPlace" ? validOf(kind, item) : null;
  return beside && removeUnlessOf(beside, item, table, signal);
}

async function place(present: Membership, table: DynamoTable, signal: AbortSignal) {
  const wanted = itemsOfMember(present);
  const stored = await Promise.all(
    wanted.map(({ pk, sk }) => getRaw(table, "item", { pk: String(pk), sk: String(sk) }, signal)),
  );
  if (isDeepStrictEqual(stored, wanted)) return null;
  const next = { ...present, rev: newRevision() };
  const changes = { writes: [{ item: "membership", next, present } as const], unchanged: [], audit: [] };
  return (await dynamoTransactions(table).commit(changes, signal)) ? "placed" : null;
}

async function removeUnlessOf(
  { userId, organizationId }: Pick<Membership, "userId" | "organizationId">,
  { pk, sk }: StoredItem,
  table: DynamoTable,
  signal: AbortSignal,
) {
  const key = keys.membership(userId, organizationId);
  const stored = await getRaw(table, "item", key, signal);
  const member = validOf("membership", stored);
  const isPlace = member !== null && itemsOfMember(member).some((each) => each.pk === pk && each.sk === sk);
  if (isPlace || (stored !== undefined && member === null)) return null;
  const { TableName, send } = requestsOf(table, "member");
  const still = member === null ? ABSENT : { expression: "#rev = :rev", values: { ":rev": member.rev } };
  const check = {
    TableName,
    Key: marshall(key),
    ConditionExpression: still.expression,
    ...placeholders(still),
  };
  const TransactItems = [{ ConditionCheck: check }, { Delete: { TableName, Key: marshall({ pk, sk }) } }];
  return send("committing", signal, (client, ending) =>
    client.transactWriteItems(ending({ TransactItems })).then(() => "removed" as const, unlessCancelled),
  );
}

/** The membership has changed meanwhile: its own transaction has written what belongs to it. */
function unlessCancelled(error: unknown): null {
  if (error instanceof Error && error.name === "TransactionCanceledException") return null;
  throw error;
}
