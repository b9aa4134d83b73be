import deleteItem from "dynalite/actions/deleteItem.js";
import putItem from "dynalite/actions/putItem.js";
import updateItem from "dynalite/actions/updateItem.js";
import db, { type Action, type Item, type Store } from "dynalite/db/index.js";
import deletion from "dynalite/validations/deleteItem.js";
import validations from "dynalite/validations/index.js";
import put from "dynalite/validations/putItem.js";
import update from "dynalite/validations/updateItem.js";
import { invalid } from "./api-error.ts";

/** The parameters of an operation, as dynalite's own operation takes them. */
export interface Parameters {
  readonly TableName: string;
  /** Of a put. */
  readonly Item?: Item;
  /** Of all others. */
  readonly Key?: Item;
  readonly ExpressionAttributeValues?: Item;
  readonly ReturnValuesOnConditionCheckFailure?: "ALL_OLD" | "NONE";
}

/** One operation of a transaction. */
export interface Operation {
  readonly kind: Kind;
  readonly params: Parameters;
}

export interface TransactionInput {
  readonly TransactItems: readonly Readonly<Partial<Record<Kind, Parameters>>>[];
  readonly ClientRequestToken?: string;
  readonly ReturnConsumedCapacity?: "INDEXES" | "TOTAL" | "NONE";
}

const REQUIRED_TEXT = { type: "String", notNull: true };

/** How dynalite does each kind of operation, and the members that only this kind has. */
export const KINDS = {
  Put: { action: putItem, rules: put, own: { Item: put.types.Item } },
  Update: {
    action: updateItem,
    rules: update,
    own: { Key: update.types.Key, UpdateExpression: REQUIRED_TEXT },
  },
  Delete: { action: deleteItem, rules: deletion, own: { Key: deletion.types.Key } },
  /** A deletion that is never applied. */
  ConditionCheck: {
    action: deleteItem,
    rules: deletion,
    own: { Key: deletion.types.Key, ConditionExpression: REQUIRED_TEXT },
  },
} as const satisfies Record<string, { action: Action; rules: typeof put; own: object }>;
export type Kind = keyof typeof KINDS;

const NAMES = ["Put", "Update", "Delete", "ConditionCheck"] as const satisfies readonly Kind[];

const OPERATIONS = Object.fromEntries(
  NAMES.map((kind) => {
    const { TableName, ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = put.types;
    const children = {
      TableName,
      ConditionExpression,
      ExpressionAttributeNames,
      ExpressionAttributeValues,
      ReturnValuesOnConditionCheckFailure: { type: "String", enum: ["ALL_OLD", "NONE"] },
      ...KINDS[kind].own,
    };
    return [kind, { type: `FieldStruct<${kind}>`, children }];
  }),
);

const MAX_BYTES = 4 * 1024 * 1024;

/** The input, in dynalite's own words for the rules of one. */
const TYPES = {
  TransactItems: {
    type: "List",
    notNull: true,
    lengthGreaterThanOrEqual: 1,
    lengthLessThanOrEqual: 100,
    children: { type: "ValueStruct<TransactWriteItem>", children: OPERATIONS },
  },
  ClientRequestToken: { type: "String", lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 36 },
  ReturnConsumedCapacity: put.types.ReturnConsumedCapacity,
};

/** Checks the types of an input, and its values as far as they need no table. @throws the answer to a wrong one */
export function parseTransaction(body: TransactionInput, store: Store): readonly Operation[] {
  const input = validations.checkTypes(body, TYPES);
  validations.checkValidations(input, TYPES, null, store);
  const operations = input.TransactItems.map((item) => {
    const [kind, ...more] = NAMES.filter((name) => item[name] !== undefined);
    const params = kind && item[kind];
    if (kind === undefined || params === undefined || more.length > 0)
      throw invalid("TransactItems can only contain one of Check, Put, Update or Delete");
    return { kind, params };
  });
  for (const { kind, params } of operations) {
    const problem = KINDS[kind].rules.custom(params, store);
    if (problem) throw invalid(problem);
  }
  if (operations.reduce((sum, { params }) => sum + sizeOf(params), 0) > MAX_BYTES)
    throw invalid("The aggregate size of the items in the transaction exceeds 4 MB");
  return operations;
}

/** What counts of an operation towards the size of its transaction: what it brings, not what is stored. */
function sizeOf({ Item, Key = {}, ExpressionAttributeValues = {} }: Parameters): number {
  return db.itemSize(Item ?? Key) + db.itemSize(ExpressionAttributeValues);
}
