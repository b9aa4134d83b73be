import { marshall } from "@aws-sdk/util-dynamodb";
import type { Held, HeldEntry, HeldPage, Names, PersonalItems, Place } from "../../domain/index.ts";
import { auditKey, isCopied } from "./table/audit-keys.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { type Key, keys } from "./table/keys.ts";
import { requestsOf, scanRaw } from "./table/raw-items.ts";
import type { StoredItem } from "./table/stored-item.ts";
import type { DynamoTable } from "./table/table.ts";
import { type Kind, kindOf, validOf } from "./verify-rules.ts";

/** What the table holds of people, whatever the kind of item. */
export function dynamoPersonalItems(table: DynamoTable): PersonalItems {
  const { TableName, send } = requestsOf(table, "personal data");

  /** A process that follows the events writes the item as a whole: then a place may be another's. */
  async function remove(key: Key, field: string, { index, subject }: Place, signal: AbortSignal) {
    const input = {
      TableName,
      Key: marshall({ pk: key.pk, sk: key.sk }),
      UpdateExpression: `REMOVE #field[${index}]`,
      ConditionExpression: `#field[${index}].#subject = :subject`,
      ExpressionAttributeNames: { "#field": field, "#subject": "subject" },
      ExpressionAttributeValues: marshall({ ":subject": subject }),
    };
    await send("changing", signal, (client, ending) => client.updateItem(ending(input)).catch(unlessChanged));
  }

  function updateOf({ subject, holder }: HeldEntry, key: Key) {
    return {
      TableName,
      Key: marshall({ pk: key.pk, sk: key.sk }),
      UpdateExpression: "SET #subject = :subject, #holder = :holder",
      // An entry may be deleted by its time to live: an update would create it.
      ConditionExpression: "attribute_exists(#pk)",
      ExpressionAttributeNames: { "#pk": "pk", "#subject": "subject", "#holder": "holder" },
      ExpressionAttributeValues: marshall({ ":subject": subject, ":holder": holder }),
    };
  }

  return {
    async *scan(names, signal) {
      for await (const page of scanRaw(table, "item", { ConsistentRead: true }, signal))
        yield pageOf(page, names);
    },

    async replaceSubjects(entries, signal) {
      const updates = entries.flatMap((entry) => placesOf(entry).map((key) => updateOf(entry, key)));
      const TransactItems = updates.map((Update) => ({ Update }));
      const isDone = await send("committing", signal, (client, ending) =>
        client.transactWriteItems(ending({ TransactItems })).then(() => true, unlessCancelled),
      );
      if (isDone) return;
      for (const update of updates)
        await send("changing", signal, (client, ending) =>
          client.updateItem(ending(update)).catch(unlessChanged),
        );
    },

    removeQuestion: (tenant, place, signal) => remove(keys.eventCursor(tenant), "questions", place, signal),
    removeLeft: (tenant, place, signal) => remove(keys.reconciliation(tenant), "left", place, signal),
  };
}

/** Where the entry stands: an entry of two users has a copy. */
function placesOf(entry: HeldEntry): readonly Key[] {
  const own = auditKey({ ...entry, isCopy: false });
  return isCopied(entry) ? [own, auditKey({ ...entry, isCopy: true })] : [own];
}

function pageOf(items: readonly StoredItem[], names: Names): HeldPage {
  const named = items.filter(names);
  const read = named.map((item) => ({ item, kind: kindOf(item) }));
  return {
    items: items.length,
    found: read.flatMap(({ item, kind }) => (kind === undefined ? [] : heldAs(kind, item))),
    malformed: read.flatMap(({ item, kind }) =>
      kind !== undefined && validOf(kind, item) !== null ? [] : [`${item.pk} ${item.sk}`],
    ),
  };
}

function heldAs(kind: Kind, item: StoredItem): readonly Held[] {
  const value = validOf(kind, item);
  // The kind says the type of the value, which a table of all kinds cannot express.
  return value === null ? [] : [{ kind, type: ITEM_TYPES[kind].type, value } as Held];
}

function unlessChanged(error: unknown): void {
  const isOtherwise = error instanceof Error && error.name === "ConditionalCheckFailedException";
  if (!isOtherwise) throw error;
}

/** One of them is gone, or is being changed. */
function unlessCancelled(error: unknown): false {
  if (error instanceof Error && error.name === "TransactionCanceledException") return false;
  throw error;
}
