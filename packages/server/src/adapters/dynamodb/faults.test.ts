import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { dynamoIdentities } from "./identities.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { ItemsOf } from "./table/items.ts";
import type { StoreTrouble } from "./table/retry-strategy.ts";
import { createDynamoTable, type DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import { everyRequest } from "./testing/every-request.ts";
import { WRITES } from "./testing/every-write.ts";
import { link, UNBOUNDED, userNumber } from "./testing/examples.ts";
import { type Fault, startFaultProxy } from "./testing/fault-proxy.ts";

const ATTEMPT_MS = 100;
/** Three attempts and the pauses between them, five times, for a busy machine. */
const THREE_ATTEMPTS_MS = 5 * (3 * ATTEMPT_MS + 75);
/** Longer than a test waits, also on a busy machine. */
const PATIENT_MS = 20_000;

const store = await startEmbeddedStore();
const proxy = await startFaultProxy(store.endpoint);
afterAll(() => {
  proxy.close();
  store.close();
});

/** The table without the fault proxy, with it, and with it and short attempts. */
let direct: DynamoTable;
let table: DynamoTable;
let hasty: DynamoTable;
let troubles: StoreTrouble[];
beforeEach(async () => {
  direct = await store.emptyTable();
  troubles = [];
  const onTrouble = (trouble: StoreTrouble) => void troubles.push(trouble);
  table = createDynamoTable({ ...direct.options, endpoint: proxy.endpoint, onTrouble });
  hasty = createDynamoTable({ ...table.options, attemptMs: ATTEMPT_MS });
  proxy.set("pass");
});
/** Attempts are short where a fault takes all of one: a busy machine may need more for the one that passes. */
const tableFor = (fault: Fault) => (/hang|drip/.test(fault) ? hasty : table);
/** A write. */
const storing = (table: DynamoTable, each = link()) =>
  new ItemsOf(table, ITEM_TYPES.link).put(each, UNBOUNDED);
afterEach(() => {
  table.close();
  hasty.close();
});

describe("a lasting fault (T61)", () => {
  it.each<[Fault, { attempts: number }]>([
    ["throttle", { attempts: 3 }],
    ["error-500", { attempts: 3 }],
    ["html-503", { attempts: 3 }],
    ["reset", { attempts: 3 }],
    ["reset-after-commit", { attempts: 3 }],
    ["hang", { attempts: 3 }],
    ["hang-in-body", { attempts: 3 }],
    ["drip", { attempts: 3 }],
    ["write-conflict", { attempts: 3 }],
    ["access-denied", { attempts: 1 }],
    ["html-200", { attempts: 1 }],
  ])(
    "refuses STORE_UNAVAILABLE after three attempts, or after one if a retry cannot help: %s",
    async (fault, { attempts }) => {
      proxy.set(fault);
      const started = performance.now();
      await expect(storing(tableFor(fault))).rejects.toMatchObject({
        reason: "STORE_UNAVAILABLE",
        message: expect.stringMatching(/^link: storing failed: \w+$/),
      });
      expect(performance.now() - started).toBeLessThan(THREE_ATTEMPTS_MS);
      expect(proxy.attempts).toBe(attempts);
      const of = (trouble: StoreTrouble) => troubles.filter((each) => each === trouble);
      expect(of("retried")).toHaveLength(attempts - 1);
      expect(of("throttled")).toHaveLength(fault === "throttle" ? attempts : 0);
    },
  );

  it("refuses STORE_UNAVAILABLE at the deadline even if an attempt may take longer", async () => {
    proxy.set("hang");
    const impatient = createDynamoTable({ ...table.options, attemptMs: PATIENT_MS, deadlineMs: 100 });
    const started = performance.now();
    await expect(storing(impatient)).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
    });
    expect(performance.now() - started).toBeLessThan(PATIENT_MS);
    impatient.close();
  });

  it("refuses STORE_UNAVAILABLE when nothing listens at the endpoint", async () => {
    const gone = await startFaultProxy(store.endpoint);
    gone.close();
    const nowhere = createDynamoTable({ ...table.options, endpoint: gone.endpoint });
    await expect(dynamoIdentities(nowhere).find(link(), UNBOUNDED)).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
    });
  });

  it.each<Fault>(["error-500", "empty-200"])(
    "fails every method of every store instead of returning an absence, a permission or a denial: %s",
    async (fault) => {
      proxy.set(fault);
      for (const outcome of await Promise.allSettled(everyRequest(table))) {
        expect(outcome).toMatchObject({ reason: { name: "Refusal", reason: "STORE_UNAVAILABLE" } });
      }
    },
  );
});

describe("a passing fault (T61)", () => {
  it.each<Fault>([
    "throttle",
    "error-500",
    "html-503",
    "hang",
    "hang-in-body",
    "reset",
    "reset-after-commit",
    "write-conflict",
  ])("repeats the request after a fault: %s", async (fault) => {
    const asked = tableFor(fault);
    const links = dynamoIdentities(asked);
    proxy.set(fault, "pass");
    await storing(asked);
    proxy.set(fault, "pass");
    expect(await links.find(link(), UNBOUNDED)).toEqual(link());
  });

  it.each(Object.entries(WRITES))(
    "reports a write as done when only its reply was lost: %s",
    async (_, { before, write, answer }) => {
      await before?.(direct);
      proxy.set("reset-after-commit", "pass");
      expect(await write(table)).toEqual(answer);
      expect(proxy.attempts).toBeGreaterThanOrEqual(2);
    },
  );

  it("repeats each of 60 concurrent requests that fail once", async () => {
    proxy.set("error-500", "pass");
    const people = Array.from({ length: 60 }, (_, n) =>
      link({ subject: `s${n}`, userId: userNumber(n + 1) }),
    );
    await Promise.all(people.map((person) => storing(table, person)));
    const links = dynamoIdentities(direct);
    expect(await Promise.all(people.map((person) => links.find(person, UNBOUNDED)))).toEqual(people);
  });
});

describe("a transaction", () => {
  const item = { pk: "a", sk: "a", n: 1 };
  const commit = async ({ client, options }: DynamoTable) => {
    const Put = { TableName: options.table, Item: marshall(item) };
    await (await client()).transactWriteItems({ TransactItems: [{ Put }] });
  };

  it.each<[Fault, string, { attempts: number; throttled: number }]>([
    ["transaction-conflict", "TransactionCanceledException", { attempts: 1, throttled: 0 }],
    ["transaction-throttled", "TransactionCanceledException", { attempts: 1, throttled: 1 }],
    ["transaction-in-progress", "TransactionInProgressException", { attempts: 3, throttled: 0 }],
    ["empty-200", "UnprovenReply", { attempts: 3, throttled: 0 }],
    ["throttle", "ThrottlingException", { attempts: 3, throttled: 3 }],
  ])(
    "is sent again only where another attempt may help, with the same token: %s",
    async (fault, name, { attempts, throttled }) => {
      proxy.set(fault);
      await expect(commit(table)).rejects.toMatchObject({ name });
      expect(proxy.attempts).toBe(attempts);
      expect(troubles.filter((trouble) => trouble === "throttled")).toHaveLength(throttled);
    },
  );

  it("is made once when its reply was lost", async () => {
    proxy.set("reset-after-commit", "pass");
    const Key = marshall({ pk: "a", sk: "a" });
    const added = async ({ client, options }: DynamoTable) => {
      const one = { UpdateExpression: "ADD n :one", ExpressionAttributeValues: marshall({ ":one": 1 }) };
      const Update = { TableName: options.table, Key, ...one };
      await (await client()).transactWriteItems({ TransactItems: [{ Update }] });
    };
    await added(table);
    expect(proxy.attempts).toBe(2);
    const { Item = {} } = await (await direct.client()).getItem({ TableName: direct.options.table, Key });
    expect(unmarshall(Item)).toEqual(item);
  });
});

it("ends a running request at once when the caller aborts", async () => {
  proxy.set("hang");
  const caller = new AbortController();
  const started = performance.now();
  const patient = createDynamoTable({ ...table.options, attemptMs: PATIENT_MS, deadlineMs: PATIENT_MS });
  const request = dynamoIdentities(patient).find(link(), caller.signal);
  setTimeout(() => caller.abort(), 20);
  await expect(request).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
  expect(performance.now() - started).toBeLessThan(PATIENT_MS);
  patient.close();
});
