import { EventEmitter } from "node:events";
import { z } from "zod";
import { pointerWrites } from "./dynamo-leases.ts";
import { type DynamoTable, parsed, type Writes } from "./dynamo-table.ts";
import { keyOf, type Owner, ownerOf, type Run, type RunStatus, runSchema } from "./run.ts";

const documentSchema = z.object({ document: z.string() });
const documentKey = (run: Run) => ({ pk: keyOf(run), sk: "document" });

/** How many runs a list of one status looks at with a request, and with how many requests. */
const LOOKED_AT = 200;
const MOST_REQUESTS = 5;

export interface Listing {
  readonly limit: number;
  /** The list starts after this run. */
  readonly before?: string | undefined;
  readonly status?: RunStatus | undefined;
}

export type DynamoRuns = ReturnType<typeof dynamoRuns>;

/** The store of runs. */
export function dynamoRuns(table: DynamoTable) {
  const { TableName } = table;
  const changes = new EventEmitter().setMaxListeners(0);

  async function item(pk: string, sk: string): Promise<unknown> {
    const { Items } = await table.query("pk = :pk AND sk = :sk", { ":pk": pk, ":sk": sk });
    return Items[0];
  }

  return {
    /** Emits the key of each run that this process changes. */
    changes,

    async find(owner: Owner, id: string): Promise<Run | null> {
      const found = await item(owner, id);
      return found === undefined ? null : parsed(runSchema, found);
    },

    async documentOf(run: Run): Promise<string> {
      const { pk, sk } = documentKey(run);
      return parsed(documentSchema, await item(pk, sk)).document;
    },

    /** Newest first. A page of one status may be short: what is not looked at yet follows its `next`. */
    async list(
      owner: Owner,
      { limit, before = "~", status }: Listing,
    ): Promise<{ runs: Run[]; next: string | null }> {
      const found: Run[] = [];
      let last = before;
      for (let requests = 0; requests < MOST_REQUESTS; requests += 1) {
        // One more than the limit shows whether there is a next page.
        const more = { ScanIndexForward: false, Limit: status === undefined ? limit + 1 : LOOKED_AT };
        const page = await table.query("pk = :pk AND sk < :sk", { ":pk": owner, ":sk": last }, more);
        const runs = parsed(z.array(runSchema), page.Items);
        found.push(...runs.filter((run) => status === undefined || run.status === status));
        const shown = found.slice(0, limit);
        if (found.length > limit) return { runs: shown, next: shown.at(-1)?.id ?? null };
        if (page.LastEvaluatedKey === undefined) return { runs: found, next: null };
        last = runs.at(-1)?.id ?? last;
      }
      return { runs: found, next: last };
    },

    /**
     * Stores what becomes of a run, or a new one with its document, together with its pointer. The revision guards
     * everything: a process that takes a run up, cancels or stops it changes it, and its former holder can store nothing.
     * @returns the run as it is stored; null when it is not `present` any more
     */
    async commit(present: Run | null, changed: Run, document?: string): Promise<Run | null> {
      const next = { ...changed, rev: (present?.rev ?? 0) + 1 };
      const Item = { pk: ownerOf(next.subject), sk: next.id, ...next };
      const writes: Writes = [{ Put: { TableName, Item, ...conditionOf(present) } }];
      writes.push(...pointerWrites(TableName, present, next));
      if (document !== undefined)
        writes.push({ Put: { TableName, Item: { ...documentKey(next), document } } });
      if (!(await table.write(writes))) return null;
      changes.emit(keyOf(next));
      return next;
    },
  };
}

function conditionOf(present: Run | null) {
  if (present === null) return { ConditionExpression: "attribute_not_exists(pk)" };
  return { ConditionExpression: "rev = :rev", ExpressionAttributeValues: { ":rev": present.rev } };
}
