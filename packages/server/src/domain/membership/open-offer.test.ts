import { expect, it } from "vitest";
import type { Membership } from "../membership.ts";
import { parsePersonName } from "../person-name.ts";
import { invitation, membership, memoryPorts, NOW } from "../testing/memory-ports.ts";
import { JANE_EMAIL, JOE, JOE_EMAIL, UNBOUNDED } from "../testing/people.ts";
import { mayBeInvited, openOffer } from "./open-offer.ts";

const BEFORE = "2026-11-01T00:00:00.000Z";
const SENT = "2026-11-20T00:00:00.000Z";
const AFTER = "2026-11-21T00:00:00.000Z";

const erased = (ceased: Membership["ceased"]) => membership({ status: "removed", email: null, ceased });

it.each([
  ["who was never a member", null, true],
  ["a member", membership(), false],
  ["who was removed", membership({ status: "removed" }), false],
  ["who left before it was sent", membership({ status: "removed", leftAt: BEFORE }), true],
  ["who left after it was sent", membership({ status: "removed", leftAt: AFTER }), false],
  ["who was erased before it was sent", erased({ member: BEFORE }), true],
  ["who was erased after it was sent", erased({ member: AFTER }), false],
  ["who was erased, nobody knows when", erased({}), false],
])("decides whether an invitation is open to %s", (_, stored, isOffered) => {
  expect(mayBeInvited(stored, invitation({ createdAt: SENT }))).toBe(isOffered);
});

it.each([null, parsePersonName("Joe Miller")])("an offer names its inviter, called %j", async (name) => {
  const ports = memoryPorts();
  ports.memberships.put(membership({ userId: JOE, email: JOE_EMAIL, role: "owner", name, namedAt: NOW }));
  const sent = invitation({ email: JANE_EMAIL, invitedBy: JOE });
  expect(await openOffer(null, sent, ports, UNBOUNDED)).toEqual({
    invitation: sent,
    inviter: JOE_EMAIL,
    inviterName: name,
  });
});
