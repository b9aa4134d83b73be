import { describe, expect, it } from "vitest";
import type { Membership } from "../membership/membership.ts";
import type { OrganizationId } from "../organization.ts";
import { membership } from "../testing/memory-ports.ts";
import { ACME, GLOBEX, JANE, link } from "../testing/people.ts";
import { MAILBOX, noSpeakers, type Speakers, withTraces } from "./speakers.ts";

type Known = Partial<Omit<Speakers, "userId">>;
const spoken = (known: Known): Speakers => ({ ...noSpeakers(JANE), ...known });

describe("what older links and memberships add", () => {
  const SETTLED = "2026-11-10T00:00:00.000Z";
  const BEFORE = "2026-11-09T00:00:00.000Z";
  const AFTER = "2026-11-11T00:00:00.000Z";
  const trace = (linkedAt: string, organizationId: OrganizationId | null, isShared = false) => ({
    ...link({ linkedAt, organizationId }),
    isShared,
  });
  const member = (createdAt: string, organizationId: OrganizationId, invitedFromOutside = false) =>
    membership({ createdAt, organizationId, invitedFromOutside });

  it.each<[string, Known, ReturnType<typeof trace>[], Membership[], Known | undefined]>([
    ["is nothing without any", {}, [], [], undefined],
    ["is a mailbox by a password", {}, [trace(BEFORE, null, true)], [], { by: MAILBOX }],
    ["is a mailbox by SSO of one domain", {}, [trace(BEFORE, ACME)], [], { by: MAILBOX, sso: ACME }],
    ["is Acme by SSO of a shared domain", {}, [trace(BEFORE, ACME, true)], [], { by: ACME, sso: ACME }],
    [
      "is a mailbox if any link is one",
      {},
      [trace(BEFORE, ACME, true), trace(AFTER, null)],
      [],
      { by: MAILBOX, sso: ACME },
    ],
    [
      "is SSO although a password came before",
      {},
      [trace(BEFORE, null), trace(AFTER, ACME, true)],
      [],
      { by: MAILBOX, sso: ACME },
    ],
    [
      "is the oldest SSO",
      {},
      [trace(AFTER, ACME, true), trace(BEFORE, GLOBEX, true)],
      [],
      { by: GLOBEX, sso: GLOBEX },
    ],
    [
      "is what they are inside, once",
      {},
      [],
      [member(BEFORE, ACME), member(AFTER, ACME)],
      { inside: [ACME] },
    ],
    ["is nothing by an invitation from outside", {}, [], [member(BEFORE, ACME, true)], undefined],
    ["adds to what is known", { inside: [ACME] }, [], [member(BEFORE, GLOBEX)], { inside: [ACME, GLOBEX] }],
    ["never replaces `by`", { by: GLOBEX }, [trace(BEFORE, ACME)], [], { by: GLOBEX, sso: ACME }],
    ["never replaces `sso`", { sso: GLOBEX }, [trace(BEFORE, ACME)], [], { by: MAILBOX, sso: GLOBEX }],
    [
      "is the same the second time",
      { by: MAILBOX, sso: ACME, inside: [ACME] },
      [trace(BEFORE, ACME)],
      [member(BEFORE, ACME)],
      undefined,
    ],
    [
      "is nothing of before it was settled",
      { settledAt: SETTLED },
      [trace(BEFORE, ACME)],
      [member(BEFORE, ACME)],
      undefined,
    ],
    [
      "is nothing of the moment it was settled",
      { settledAt: SETTLED },
      [trace(SETTLED, ACME)],
      [member(SETTLED, ACME)],
      undefined,
    ],
    [
      "is what came after it was settled",
      { settledAt: SETTLED },
      [trace(AFTER, ACME)],
      [member(AFTER, ACME)],
      { by: MAILBOX, sso: ACME, inside: [ACME], settledAt: SETTLED },
    ],
  ])("%s", (_, before, links, memberships, after) => {
    const present = spoken(before);
    const next = withTraces(present, { links, memberships });
    expect(next === present ? undefined : next).toEqual(after && spoken(after));
  });
});
