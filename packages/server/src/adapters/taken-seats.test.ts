import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it, vi } from "vitest";
import { address } from "../domain/testing/people.ts";
import { userNumber } from "./dynamodb/testing/examples.ts";
import { createTakenSeats } from "./taken-seats.ts";

const MAILBOX = { tenant: "default", connection: "acme-entra", email: address("jane@acme.example") };
const [JANE, JOE] = [userNumber(1), userNumber(2)];

afterEach(() => vi.restoreAllMocks());

async function pass(ms: number): Promise<void> {
  const then = performance.now() + ms;
  vi.spyOn(performance, "now").mockReturnValue(then);
  await sleep(5); // the cache reuses the time that it has read for up to 1 ms
}

it("remembers whose seat a mailbox led to for less than a minute, however often it is asked", async () => {
  const seats = createTakenSeats();
  seats.add(MAILBOX, JANE);
  await pass(56_000);
  expect(seats.find(MAILBOX)).toBe(JANE);
  await pass(1_001);
  expect(seats.find(MAILBOX)).toBeNull();
});

it.each([
  ["tenant", { tenant: "test" }],
  ["connection", { connection: "acme-okta" }],
  ["address", { email: address("joe@acme.example") }],
])("knows nothing of another %s", (_, other) => {
  const seats = createTakenSeats();
  seats.add(MAILBOX, JANE);
  expect(seats.find({ ...MAILBOX, ...other })).toBeNull();
});

it("remembers the last answer, and the last 10,000 mailboxes", () => {
  const seats = createTakenSeats();
  seats.add(MAILBOX, JANE);
  seats.add(MAILBOX, JOE);
  expect(seats.find(MAILBOX)).toBe(JOE);
  for (let n = 0; n < 10_000; n += 1) seats.add({ ...MAILBOX, tenant: `tenant-${n}` }, JANE);
  expect(seats.find(MAILBOX)).toBeNull();
});
