import { expect, it } from "vitest";
import { auditEntry } from "../audit.ts";
import { noSpeakers } from "../identity/speakers.ts";
import { invitation, membership, recentRefusal } from "../testing/memory-ports.ts";
import {
  ACME,
  ENDED,
  held,
  JANE,
  JANE_EMAIL,
  JOE,
  JOE_EMAIL,
  link,
  organization,
  subjectFacts,
} from "../testing/people.ts";
import { fateOf } from "./fates.ts";
import type { Held, HeldItems, HeldKind } from "./held-items.ts";
import { plainNamesOf } from "./person.ts";

const own = { tenant: "default", subject: "waad|jane" };
const joes = { tenant: "default", subject: "waad|joe" };
const person = { userId: JANE, subjects: [own], former: [], addresses: [JANE_EMAIL], invitations: [] };

/** What becomes of an item once Jane is erased, who shares her address with nobody, unless said otherwise. */
function fate<Kind extends HeldKind>(kind: Kind, value: HeldItems[Kind], shared = false) {
  const whose = { person, shared: new Set(shared ? [JANE_EMAIL] : []), blocked: [] };
  return fateOf({ kind, type: kind, value } as Held, whose, plainNamesOf(person));
}

const entry = (known: Partial<Parameters<typeof auditEntry>[0]>) => ({
  ...auditEntry({
    at: "2026-12-01T00:00:00.000Z",
    actor: "login",
    action: "identity-linked",
    tenant: "default",
    ...known,
  }),
  id: "0".repeat(64),
  isCopy: false,
});

const others = { becomes: "kept", isOthers: true };
const stays = { becomes: "kept", isOthers: false };
const goes = { becomes: "deleted" };

it.each([
  ["an own link", fate("link", link(own)), goes],
  ["another user's link at the same address", fate("link", link({ ...joes, userId: JOE })), others],
  ["a refusal at an own address", fate("refusal", recentRefusal()), goes],
  ["a refusal of the user", fate("refusal", recentRefusal({ userId: JANE, email: null })), goes],
  ["a refusal at an address that is also another user's", fate("refusal", recentRefusal(), true), others],
  ["a refusal of another user at the address", fate("refusal", recentRefusal({ userId: JOE })), others],
  ["an own seat", fate("seat", held(own.subject)), goes],
  ["an own seat that a stranger is left over on", fate("seat", held(joes.subject)), goes],
  [
    "another user's seat that the subject is left over on",
    fate("seat", held(own.subject, { userId: JOE })),
    goes,
  ],
  [
    "an active membership",
    fate("membership", membership()),
    { becomes: "changed", next: { status: "removed", email: null } },
  ],
  [
    "a membership once it is erased",
    fate("membership", membership({ status: "removed", email: null })),
    stays,
  ],
  [
    "a membership of somebody whom they invited",
    fate("membership", membership({ userId: JOE, email: JOE_EMAIL, invitedBy: JANE })),
    others,
  ],
  [
    "a membership of somebody whom they removed",
    fate("membership", membership({ userId: JOE, email: JOE_EMAIL, status: "removed", removedBy: JANE })),
    others,
  ],
  ["an open invitation of the address", fate("invitation", invitation()), goes],
  [
    "an open invitation of an address that another user has, too",
    fate("invitation", invitation(), true),
    others,
  ],
  [
    "an invitation that they accepted at an address that another user has, too",
    fate("invitation", invitation({ consumedBy: JANE }), true),
    goes,
  ],
  [
    "an invitation that another user accepted at the address",
    fate("invitation", invitation({ consumedBy: JOE })),
    others,
  ],
  [
    "an invitation that they sent",
    fate("invitation", invitation({ email: JOE_EMAIL, invitedBy: JANE })),
    others,
  ],
  ["what has ended the tokens of the subject", fate("facts", subjectFacts(own)), goes],
  [
    "what has ended the tokens of the same subject in another tenant",
    fate("facts", subjectFacts({ ...own, tenant: "other" })),
    others,
  ],
  ["who speaks for the UUID", fate("speakers", noSpeakers(JANE)), stays],
  ["an organization of theirs", fate("organization", organization(ACME, { owners: [JANE] })), stays],
  ["an organization that they have closed", fate("organization", organization(ACME, ENDED)), stays],
  [
    "an organization named after them",
    fate("organization", organization(ACME, { name: `${JANE_EMAIL}'s` })),
    { becomes: "unsolved" },
  ],
  [
    "an entry about them, also with a stranger's subject",
    fate("auditEntry", entry({ userId: JANE, ...joes, holder: own.subject })),
    { becomes: "changed", next: { subject: null, holder: null, userId: JANE } },
  ],
  [
    "an entry about another user",
    fate("auditEntry", entry({ userId: JOE, ...joes, holder: own.subject })),
    { becomes: "changed", next: { subject: joes.subject, holder: null } },
  ],
  ["an entry of what they did", fate("auditEntry", entry({ actor: `user:${JANE}`, userId: JOE })), stays],
  ["an entry without a subject", fate("auditEntry", entry({ userId: JANE })), stays],
])("%s has the fate of its kind", (_, found, expected) => {
  expect(found).toMatchObject(expected);
});

it("an item that is not about them has no fate", () => {
  expect(fate("link", link({ ...joes, userId: JOE, email: JOE_EMAIL }))).toBeNull();
  expect(fate("refusal", recentRefusal({ email: null }))).toBeNull();
});
