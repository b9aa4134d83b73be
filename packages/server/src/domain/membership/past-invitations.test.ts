import { expect, it } from "vitest";
import { parseOrganizationId } from "../organization.ts";
import { acmeAndGlobex, invitation, memoryPorts } from "../testing/memory-ports.ts";
import { ACME, GLOBEX, INITECH, UNBOUNDED, valid } from "../testing/people.ts";
import { pastInvitations } from "./past-invitations.ts";

const HOOLI = valid(parseOrganizationId("hooli"));

it("lists the newest three, by when each expired or ended", async () => {
  const ended = { ended: "revoked", endedBy: "others" } as const;
  const offers = [
    invitation({ organizationId: ACME, ...ended, endedAt: "2026-11-21T00:00:00.000Z" }),
    invitation({ organizationId: GLOBEX, expiresAt: "2026-11-23T00:00:00.000Z" }),
    invitation({ organizationId: INITECH, ...ended, endedAt: "2026-11-20T00:00:00.000Z" }),
    invitation({ organizationId: HOOLI, ...ended, endedAt: "2026-11-22T00:00:00.000Z" }),
  ];
  const listed = await pastInvitations(offers, new Map(), memoryPorts(acmeAndGlobex()), UNBOUNDED);
  const newest = listed.map(({ organizationId, since }) => [organizationId, since.slice(8, 10)]);
  expect(newest).toEqual([
    [GLOBEX, "23"],
    [HOOLI, "22"],
    [ACME, "21"],
  ]);
});
