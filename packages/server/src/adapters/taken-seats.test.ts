import { expect, it } from "vitest";
import { address } from "../domain/testing/people.ts";
import { userNumber } from "./dynamodb/testing/examples.ts";
import { createTakenSeats } from "./taken-seats.ts";

const MAILBOX = { tenant: "default", connection: "acme-entra", email: address("jane@acme.example") };
const [JANE, JOE] = [userNumber(1), userNumber(2)];

it("remembers whose seat a mailbox led to for less than a minute, however often it is asked", () => {
  let nowMs = 0;
  const seats = createTakenSeats({ wallMs: () => 0, monotonicMs: () => nowMs });
  seats.add(MAILBOX, JANE);
  nowMs = 56_999;
  expect(seats.find(MAILBOX)).toBe(JANE);
  nowMs = 57_000;
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

it("remembers the last answer", () => {
  const seats = createTakenSeats();
  seats.add(MAILBOX, JANE);
  seats.add(MAILBOX, JOE);
  expect(seats.find(MAILBOX)).toBe(JOE);
});

it("remembers 10,000 mailboxes", () => {
  const seats = createTakenSeats();
  seats.add(MAILBOX, JANE);
  for (let n = 0; n < 10_000; n += 1) seats.add({ ...MAILBOX, tenant: `tenant-${n}` }, JANE);
  expect(seats.find(MAILBOX)).toBeNull();
});
