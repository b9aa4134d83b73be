import { z } from "zod";
import { type DynamoTable, parsed, type Writes } from "./dynamo-table.ts";
import { isOpen, type Owner, ownerOf, type Run } from "./run.ts";

const leaseSchema = z.object({ holder: z.string(), until: z.number() });
const pointerSchema = z.object({
  holder: z.string(),
  organizationId: z.string(),
  userId: z.string(),
  id: z.string(),
});

/** A process, and until when the runs that it holds are its own, in milliseconds since 1970. */
type Lease = z.output<typeof leaseSchema>;
/** An open run, and the process that holds it. */
export type Pointer = z.output<typeof pointerSchema>;

/** The partition of what is open. */
const pk = "OPEN";
const leaseKey = (holder: string) => ({ pk, sk: `LEASE#${holder}` });
const pointerKey = (owner: Owner, id: string) => ({ pk, sk: `RUN#${owner}#${id}` });

export type DynamoLeases = ReturnType<typeof dynamoLeases>;

/** The leases of the processes, and a pointer for each open run. */
export function dynamoLeases(table: DynamoTable) {
  return {
    /** The leases are read last: that of a run's holder is older than the pointer. */
    async open(): Promise<{ leases: Lease[]; pointers: Pointer[] }> {
      const items: unknown[] = [];
      let ExclusiveStartKey: object | undefined;
      do {
        const more = { ScanIndexForward: false, ...(ExclusiveStartKey && { ExclusiveStartKey }) };
        const page = await table.query("pk = :pk", { ":pk": pk }, more);
        items.push(...page.Items);
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
      const all = parsed(z.array(z.union([leaseSchema, pointerSchema])), items);
      return { leases: all.filter((each) => "until" in each), pointers: all.filter((each) => "id" in each) };
    },

    extend: (lease: Lease) => table.put({ ...leaseKey(lease.holder), ...lease }),

    /** Lets other processes take up the runs of this one. */
    giveBack: (holder: string) => table.delete(leaseKey(holder)),
  };
}

/** An open run has a pointer that names its holder. */
export function pointerWrites(TableName: string, present: Run | null, next: Run): Writes {
  const { organizationId, userId } = next.subject;
  const Key = pointerKey(ownerOf(next.subject), next.id);
  const wasOpen = present !== null && isOpen(present);
  if (!isOpen(next)) return wasOpen ? [{ Delete: { TableName, Key } }] : [];
  if (wasOpen && present.holder === next.holder) return [];
  const pointer: Pointer = { holder: next.holder, organizationId, userId, id: next.id };
  return [{ Put: { TableName, Item: { ...Key, ...pointer } } }];
}
