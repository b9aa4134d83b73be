import type { EmbeddedDynamodbOptions } from "../embedded-dynamodb.ts";
import { startStoreOfTests } from "./store-of-tests.ts";

/** Attributes, each with its type. */
export type Item = Readonly<Record<string, object>>;

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A store with the tables of {@link TABLES}. */
export interface TwoTables {
  readonly endpoint: string;
  /** Sends one request, whatever the answer is. */
  ask(operation: string, input: object): Promise<Answer>;
  /** Sends one request. @returns the body of its success */
  send(operation: string, input: object): Promise<Answer["body"]>;
  transact(TransactItems: readonly object[], more?: object): Promise<Answer>;
  /** All items of both tables and the entries of their indexes, in an order of their own. */
  everything(): Promise<Readonly<Record<string, readonly Item[]>>>;
  close(): Promise<void>;
}

export const TABLES = ["first", "second"] as const;

/** Each test has items of its own. */
let lastNumber = 0;
export function freshKey(): { readonly pk: { readonly S: string } } {
  lastNumber += 1;
  return { pk: { S: `item-${lastNumber}` } };
}

/** A key of the index. All items with one are entries of one partition. */
export const inIndex = (sort: string) => ({ owner: { S: "all" }, sort: { S: sort } });

export async function startTwoTables(options: EmbeddedDynamodbOptions = {}): Promise<TwoTables> {
  const { endpoint, close } = await startStoreOfTests(options);

  async function ask(operation: string, input: object): Promise<Answer> {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `DynamoDB_20120810.${operation}`,
        "x-amz-date": "20260101T000000Z",
        authorization:
          "AWS4-HMAC-SHA256 Credential=any/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=any",
      },
      body: JSON.stringify(input),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  }

  async function send(operation: string, input: object): Promise<Answer["body"]> {
    const { status, body } = await ask(operation, input);
    if (status !== 200) throw new Error(`${operation}: ${JSON.stringify(body)}`);
    return body;
  }

  async function listed(operation: "Scan" | "Query", input: object): Promise<Item[]> {
    const { Items } = await send(operation, input);
    return (Items as Item[]).sort((a, b) => (JSON.stringify(a.pk) < JSON.stringify(b.pk) ? -1 : 1));
  }

  const { TableNames } = await send("ListTables", {});
  for (const TableName of TABLES) {
    if (!(TableNames as string[]).includes(TableName))
      await send("CreateTable", { TableName, ...DEFINITION });
    while (!JSON.stringify(await send("DescribeTable", { TableName })).includes('"TableStatus":"ACTIVE"'));
  }
  return {
    endpoint,
    ask,
    send,
    transact: (TransactItems, more = {}) => ask("TransactWriteItems", { TransactItems, ...more }),
    async everything() {
      const lists: [string, Promise<Item[]>][] = TABLES.flatMap((TableName) => [
        [`items of ${TableName}`, listed("Scan", { TableName, ConsistentRead: true })],
        [`index of ${TableName}`, listed("Query", { TableName, ...WHOLE_INDEX })],
      ]);
      const found = lists.map(async ([name, items]) => [name, await items] as const);
      return Object.fromEntries(await Promise.all(found));
    },
    close,
  };
}

const WHOLE_INDEX = {
  IndexName: "bySort",
  KeyConditionExpression: "#owner = :all",
  ExpressionAttributeNames: { "#owner": "owner" },
  ExpressionAttributeValues: { ":all": { S: "all" } },
};

const DEFINITION = {
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: ["pk", "owner", "sort"].map((AttributeName) => ({
    AttributeName,
    AttributeType: "S",
  })),
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  GlobalSecondaryIndexes: [
    {
      IndexName: "bySort",
      KeySchema: [
        { AttributeName: "owner", KeyType: "HASH" },
        { AttributeName: "sort", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "ALL" },
    },
  ],
};
