import type { BatchOperation, Item, ItemDb, ItemStore, Store, Table } from "dynalite/db/index.js";
import { answerOf } from "./api-error.ts";
import { KINDS, type Operation } from "./transaction-input.ts";

/** Why an operation cancels its transaction; `None` if it does not. */
export interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

/** What an operation would do. */
export interface Outcome {
  readonly reason: CancellationReason;
  /** Of the item and of its entries in indexes. */
  readonly writes: readonly BatchOperation[];
  /** The write units of the same operation outside a transaction. */
  readonly units: number;
}

/**
 * Lets dynalite do an operation on a store that only records what it would write. All of it happens at once.
 * @param existing the item as it is stored, which must be locked
 * @throws what dynalite throws on a defect
 */
export function attempt(
  { options }: Store,
  { kind, params }: Operation,
  table: Table,
  existing: Item | undefined,
): Outcome {
  const writes: BatchOperation[] = [];
  const recorder: ItemStore = {
    options,
    getTable: (_, done) => done(null, table),
    // The prefixes are those of dynalite, which has all tables in one LevelDB.
    getItemDb: (name) => recording(`item-${name}~`, existing, writes),
    getIndexDb: (type, name, index) =>
      recording(`index-${type.toLowerCase()}~${name}~${index}~`, undefined, writes),
  };
  const answers: { readonly error: Error | null; readonly units: number }[] = [];
  KINDS[kind].action(recorder, { ...params, ReturnConsumedCapacity: "TOTAL" }, (error, answer) => {
    answers.push({ error, units: answer?.ConsumedCapacity?.CapacityUnits ?? 0 });
  });
  const [answer] = answers;
  if (answer === undefined) throw new Error("dynalite did not answer at once");
  const { error, units } = answer;
  if (error !== null) return { reason: reasonOf(error, params, existing), writes: [], units: 0 };
  return { reason: NONE, writes: kind === "ConditionCheck" ? [] : writes, units };
}

function recording(prefix: string, existing: Item | undefined, writes: BatchOperation[]): ItemDb {
  return {
    get: (_, done) => done(null, existing),
    put(key, value, done) {
      writes.push({ type: "put", key: prefix + key, value });
      done(null);
    },
    del(key, done) {
      writes.push({ type: "del", key: prefix + key });
      done(null);
    },
    lock: (_, run) => run((done) => done),
  };
}

const NONE: CancellationReason = { Code: "None" };

/** @throws the error itself, unless it is an answer of DynamoDB that cancels a transaction */
function reasonOf(
  error: Error,
  { ReturnValuesOnConditionCheckFailure: wanted }: Operation["params"],
  existing: Item | undefined,
): CancellationReason {
  const { __type = "", message: Message = "" } = answerOf(error) ?? {};
  if (__type.endsWith("#ValidationException")) return { Code: "ValidationError", Message };
  if (!__type.endsWith("#ConditionalCheckFailedException")) throw error;
  const Code = "ConditionalCheckFailed";
  return wanted === "ALL_OLD" && existing !== undefined
    ? { Code, Message, Item: existing }
    : { Code, Message };
}
