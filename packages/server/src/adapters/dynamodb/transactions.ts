import { setTimeout as sleep } from "node:timers/promises";
import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { type Items, type Read, Refusal, type Transactions, type Write } from "../../domain/index.ts";
import { committingWithNotice } from "./changes.ts";
import { identified, withCopy } from "./table/audit-keys.ts";
import { ABSENT, type Expression, placeholders } from "./table/expression.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { itemsOfMember } from "./table/member-items.ts";
import { requestsOf } from "./table/raw-items.ts";
import { type ItemType, type StoredItem, toItem } from "./table/stored-item.ts";
import type { DynamoTable } from "./table/table.ts";

/** Why a transaction is decided again: something is not as it was read, or is being changed, or the table is busy. */
const LOST = new Set([
  "None",
  "ConditionalCheckFailed",
  "TransactionConflict",
  "ThrottlingError",
  "ProvisionedThroughputExceeded",
]);

/** The first pause is at most so long, and each further one twice as long, up to the last. */
const FIRST_PAUSE_MS = 20;
const LAST_PAUSE_MS = 320;

/**
 * Transactions of DynamoDB (`TransactWriteItems`). The SDK gives each commit a token, and all of its attempts have the same
 * one, so that one whose reply was lost is not made twice. It takes 100 items: its notice is one more than the verb's, which
 * are at most 84 (`TOGETHER` of invitations). Only the entry of a change of a member has a copy.
 */
export function dynamoTransactions(table: DynamoTable): Transactions {
  const { TableName, send } = requestsOf(table, "transaction");
  const { random = Math.random, auditDays } = table.options;
  const withNotice = committingWithNotice(table);

  function writeOf({ item, next, present }: Write): TransactWriteItem {
    const { Item, Key } = stored(item, next, present);
    return Item === null
      ? { Delete: { TableName, Key, ...still(present) } }
      : { Put: { TableName, Item, ...still(present) } };
  }

  /**
   * What lists and finds a member, as the membership will be: all of it each time, also what is missing. The condition is
   * that of the membership.
   */
  function besideOf(write: Write): readonly TransactWriteItem[] {
    if (write.item !== "membership") return [];
    const next = write.next === null ? [] : itemsOfMember(write.next);
    const isNext = ({ pk, sk }: StoredItem) => next.some((each) => each.pk === pk && each.sk === sk);
    const gone = write.present === null ? [] : itemsOfMember(write.present).filter((each) => !isNext(each));
    return [
      ...next.map((item) => ({ Put: { TableName, Item: marshall(item) } })),
      ...gone.map(({ pk, sk }) => ({ Delete: { TableName, Key: marshall({ pk, sk }) } })),
    ];
  }

  function checkOf(read: Read): TransactWriteItem {
    const present = "present" in read ? read.present : null;
    const { Key } = stored(read.item, null, "absent" in read ? read.absent : present);
    return { ConditionCheck: { TableName, Key, ...still(present) } };
  }

  function putOf<T extends object>(type: ItemType<T>, value: T): TransactWriteItem {
    return { Put: { TableName, Item: marshall(toItem(type, value)) } };
  }

  return {
    commit({ writes, unchanged, audit }, signal) {
      const entries = audit
        .flatMap((entry) => withCopy(identified(entry, auditDays)))
        .map((entry) => putOf(ITEM_TYPES.auditEntry, entry));
      const items = [...writes.map(writeOf), ...writes.flatMap(besideOf), ...unchanged.map(checkOf)];
      return withNotice(writes, (noticesNow) =>
        send("committing", signal, (client, ending) => {
          const notices = noticesNow().map((notice) => putOf(ITEM_TYPES.notice, notice));
          const TransactItems = [...items, ...notices, ...entries];
          return isCommitted(client.transactWriteItems(ending({ TransactItems })));
        }),
      );
    },

    async backoff(attempt, signal) {
      const most = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LAST_PAUSE_MS);
      await sleep(random() * most, undefined, { signal }).catch((cause: unknown) => {
        throw new Refusal("STORE_UNAVAILABLE", "others changed the same all the time", { cause });
      });
    },
  };
}

/** An item of the kind as the table has it. One of both is not null; of the present one, only its key is used. */
function stored(kind: keyof Items, next: object | null, present: object | null) {
  // The kind says the type of both, which a table of all kinds cannot express.
  const type = ITEM_TYPES[kind] as ItemType<never>;
  const value = (next ?? present) as never;
  const { pk, sk } = type.key(value);
  return { Item: next === null ? null : marshall(toItem(type, value)), Key: marshall({ pk, sk }) };
}

/** The condition that what was read is still stored. Without a revision nothing was. */
function still(present: { readonly rev: string | null } | null) {
  const rev = present?.rev ?? null;
  const condition: Expression =
    rev === null ? ABSENT : { expression: "#rev = :rev", values: { ":rev": rev } };
  return { ConditionExpression: condition.expression, ...placeholders(condition) };
}

/** @returns false where DynamoDB has cancelled the transaction because of others */
async function isCommitted(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    const reasons = error instanceof Error && "CancellationReasons" in error ? error.CancellationReasons : [];
    const isLost =
      Array.isArray(reasons) && reasons.length > 0 && reasons.every(({ Code }) => LOST.has(String(Code)));
    if (isLost) return false;
    throw error;
  }
}
