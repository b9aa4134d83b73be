import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { dynamoIdentityLinks } from "./identity-links.ts";
import { createDynamoTable, type DynamoTable } from "./table/table.ts";
import { startEmbeddedStore } from "./testing/embedded-store.ts";
import { everyQuestion } from "./testing/every-question.ts";
import { link, UNBOUNDED, userNumber } from "./testing/examples.ts";
import { type Fault, startFaultProxy } from "./testing/fault-proxy.ts";

const ATTEMPT_MS = 100;
/** Three attempts, the pauses between them, and what a busy machine adds. */
const THREE_ATTEMPTS_MS = 3 * ATTEMPT_MS + 75 + 500;

const store = await startEmbeddedStore();
const proxy = await startFaultProxy(store.endpoint);
afterAll(() => {
  proxy.close();
  store.close();
});

/** The table without faults between, with them, and with them and short attempts. */
let direct: DynamoTable;
let table: DynamoTable;
let hasty: DynamoTable;
beforeEach(async () => {
  direct = await store.emptyTable();
  table = createDynamoTable({ ...direct.options, endpoint: proxy.endpoint });
  hasty = createDynamoTable({ ...table.options, attemptMs: ATTEMPT_MS });
  proxy.set("pass");
});
afterEach(() => {
  table.close();
  hasty.close();
});

describe("a fault that lasts (T61)", () => {
  it.each<[Fault, { attempts: number }]>([
    ["throttle", { attempts: 3 }],
    ["error-500", { attempts: 3 }],
    ["html-503", { attempts: 3 }],
    ["reset", { attempts: 3 }],
    ["reset-after-commit", { attempts: 3 }],
    ["hang", { attempts: 3 }],
    ["hang-in-body", { attempts: 3 }],
    ["drip", { attempts: 3 }],
    ["access-denied", { attempts: 1 }],
    ["html-200", { attempts: 1 }],
  ])(
    "is STORE_UNAVAILABLE after three attempts, or at once if none can help: %s",
    async (fault, { attempts }) => {
      proxy.set(fault);
      const started = performance.now();
      await expect(dynamoIdentityLinks(hasty).create(link(), UNBOUNDED)).rejects.toMatchObject({
        reason: "STORE_UNAVAILABLE",
        message: expect.stringMatching(/^link: storing failed: \w+$/),
      });
      expect(performance.now() - started).toBeLessThan(THREE_ATTEMPTS_MS);
      expect(proxy.attempts).toBe(attempts);
    },
  );

  it("is STORE_UNAVAILABLE at the deadline, however long an attempt may take", async () => {
    proxy.set("hang");
    const impatient = createDynamoTable({ ...table.options, attemptMs: 5_000, deadlineMs: 100 });
    const started = performance.now();
    await expect(dynamoIdentityLinks(impatient).create(link(), UNBOUNDED)).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
    });
    expect(performance.now() - started).toBeLessThan(1_000);
    impatient.close();
  });

  it("is STORE_UNAVAILABLE when nothing listens at the endpoint", async () => {
    const gone = await startFaultProxy(store.endpoint);
    gone.close();
    const nowhere = createDynamoTable({ ...table.options, endpoint: gone.endpoint });
    await expect(dynamoIdentityLinks(nowhere).find(link(), UNBOUNDED)).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
    });
  });

  it("is never an absence, a permission or a denial: every question refuses", async () => {
    proxy.set("error-500");
    for (const outcome of await Promise.allSettled(everyQuestion(table))) {
      expect(outcome).toMatchObject({ reason: { name: "Refusal", reason: "STORE_UNAVAILABLE" } });
    }
  });
});

describe("a fault that passes (T61)", () => {
  it.each<Fault>([
    "throttle",
    "error-500",
    "html-503",
    "hang",
    "hang-in-body",
    "reset",
    "reset-after-commit",
  ])("is not noticed: %s", async (fault) => {
    const links = dynamoIdentityLinks(hasty);
    proxy.set(fault, "pass");
    expect(await links.create(link(), UNBOUNDED)).toEqual(link());
    proxy.set(fault, "pass");
    expect(await links.find(link(), UNBOUNDED)).toEqual(link());
  });

  it("is not noticed by the sixtieth of 60 requests that meet it at once", async () => {
    proxy.set("error-500", "pass");
    const people = Array.from({ length: 60 }, (_, n) =>
      link({ subject: `s${n}`, userId: userNumber(n + 1) }),
    );
    const created = people.map((person) => dynamoIdentityLinks(table).create(person, UNBOUNDED));
    expect(await Promise.all(created)).toEqual(people);
  });
});

describe("the caller's signal", () => {
  it("ends a question at once", async () => {
    proxy.set("hang");
    const caller = new AbortController();
    const started = performance.now();
    const question = dynamoIdentityLinks(table).find(link(), caller.signal);
    setTimeout(() => caller.abort(), 20);
    await expect(question).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("that has been aborted asks nothing", async () => {
    proxy.set("pass");
    await expect(dynamoIdentityLinks(table).create(link(), AbortSignal.abort())).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
    });
    expect(proxy.attempts).toBe(0);
  });
});
