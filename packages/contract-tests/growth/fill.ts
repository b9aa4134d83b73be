import { createDynamoTable } from "@platform-api/server/adapters";
import {
  declaredDomain,
  type Membership,
  parseDomain,
  parseEmail,
  parseOrganizationId,
  parsePersonName,
  parseUserId,
} from "@platform-api/server/domain";
import { identified } from "../../server/src/adapters/dynamodb/table/audit-keys.ts";
import { ITEM_TYPES } from "../../server/src/adapters/dynamodb/table/item-types.ts";
import { itemsOfMember } from "../../server/src/adapters/dynamodb/table/member-items.ts";
import { type StoredItem, toItem } from "../../server/src/adapters/dynamodb/table/stored-item.ts";
import {
  connection,
  entry,
  invitation,
  link,
  membership,
  organization,
  writeItems,
} from "../../server/src/adapters/dynamodb/testing/examples.ts";

/** What does not grow with the rest, and is looked for among it. */
export const RARE = { admins: 5, named: 5, entries: 10, invitations: 10 } as const;

const DAY_MS = 86_400_000;
/** Entries are of the last 90 days. */
const PERIOD_MS = 90 * DAY_MS;

/** An organization, and how many of everything there are to be. */
export interface Growth {
  readonly organizationId: string;
  readonly domain: string;
  readonly count: number;
}

/** Another person for each number. */
export const personNumber = (n: number) => known(parseUserId(`${digits(n)}-0000-4000-8000-000000000000`));

/** A connection of the organization, through which everybody is linked. */
const linkedThrough = (id: string) => `${id}-linked`;

/** Writes as many of each kind of item: not as the product would, but at once. */
export async function fill(
  { DYNAMODB_ENDPOINT: endpoint, DYNAMODB_TABLE: name = "" }: Readonly<Record<string, string | undefined>>,
  growth: Growth,
  progress: (text: string) => void = () => {},
): Promise<void> {
  const region = "eu-central-1";
  const table = createDynamoTable({ table: name, endpoint, region, attemptMs: 10_000, deadlineMs: 30_000 });
  for (const [kind, of] of Object.entries(KINDS)) {
    progress(`${growth.count} ${kind}`);
    for (let from = 0; from < growth.count; from += AT_ONCE) {
      const numbers = Array.from({ length: Math.min(AT_ONCE, growth.count - from) }, (_, n) => from + n);
      await writeItems(
        table,
        numbers.flatMap((n) => of(growth, n)),
      );
    }
  }
  table.close();
}

const AT_ONCE = 1_000;

const KINDS: Readonly<Record<string, (growth: Growth, n: number) => StoredItem | readonly StoredItem[]>> = {
  members: (growth, n) => {
    const member = memberNumber(growth, n);
    return [toItem(ITEM_TYPES.membership, member), ...itemsOfMember(member)];
  },
  "audit entries": ({ organizationId, count }, n) =>
    toItem(
      ITEM_TYPES.auditEntry,
      identified(
        entry({
          organizationId: known(parseOrganizationId(organizationId)),
          at: new Date(Date.now() - PERIOD_MS + Math.floor((n * (PERIOD_MS - DAY_MS)) / count)).toISOString(),
          userId: personNumber(n),
          action: n < RARE.entries ? "domain-released" : "identity-linked",
        }),
      ),
    ),
  invitations: ({ organizationId, domain }, n) =>
    toItem(
      ITEM_TYPES.invitation,
      invitation({
        organizationId: known(parseOrganizationId(organizationId)),
        email: known(parseEmail(`guest-${digits(n)}@${domain}`)),
        invitedBy: personNumber(0),
        expiresAt: new Date(Date.now() + DAY_MS).toISOString(),
        ...(n < RARE.invitations ? {} : { consumedBy: personNumber(n) }),
      }),
    ),
  links: ({ organizationId }, n) =>
    toItem(
      ITEM_TYPES.link,
      link({ subject: `waad|${n}`, userId: personNumber(n), connection: linkedThrough(organizationId) }),
    ),
  organizations: (_, n) =>
    toItem(
      ITEM_TYPES.organization,
      organization({
        id: known(parseOrganizationId(`other-${digits(n)}`)),
        connections: [`other-${digits(n)}`],
      }),
    ),
  connections: (_, n) =>
    toItem(
      ITEM_TYPES.connection,
      connection({
        name: `other-${digits(n)}`,
        organizationId: known(parseOrganizationId(`other-${digits(n)}`)),
      }),
    ),
  domains: (_, n) =>
    toItem(
      ITEM_TYPES.domain,
      declaredDomain({
        domain: known(parseDomain(`d${digits(n)}.example`)),
        organizationId: known(parseOrganizationId(`other-${digits(n)}`)),
        verifiedAt: "2026-11-01T00:00:00.000Z",
      }),
    ),
};

/** The rest of a name is everybody's. */
const nameNumber = (n: number) => `${n < RARE.named ? "Rare" : "Common"} Name`;

function memberNumber({ organizationId, domain }: Growth, n: number): Membership {
  return membership({
    organizationId: known(parseOrganizationId(organizationId)),
    userId: personNumber(n),
    role: n < RARE.admins ? "admin" : "member",
    status: n % 10 === 9 ? "removed" : "active",
    email: known(parseEmail(`member-${digits(n)}@${domain}`)),
    name: parsePersonName(nameNumber(n)),
  });
}

/** Eight, so that the order of the texts is that of the numbers. */
const digits = (n: number) => String(n).padStart(8, "0");

function known<T>(parsed: T | null): T {
  if (parsed === null) throw new Error("an example does not parse");
  return parsed;
}
