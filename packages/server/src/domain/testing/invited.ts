import type { Invitation } from "../membership/memberships.ts";
import type { Membership } from "../membership.ts";
import {
  acmeAndGlobex,
  GUEST_EMAIL,
  invitation,
  type MemoryPorts,
  membership,
  memoryPorts,
} from "./memory-ports.ts";
import { ACME, JANE, JOE, JOE_EMAIL } from "./people.ts";

export const HOUR_AGO = "2026-11-24T23:00:00.000Z";
export const TWO_HOURS_AGO = "2026-11-24T22:00:00.000Z";
export const OUTSIDE = { email: GUEST_EMAIL, fromOutside: true };

/** An invitation of an hour ago by Joe, an owner of Acme, of Jane as an admin. */
export function offered(overrides: Partial<Invitation> = {}): Invitation {
  return invitation({
    invitationId: "7b5c0a52-9d42-4f0a-8a3c-2d6a3d1c9f10",
    role: "admin",
    invitedBy: JOE,
    createdAt: HOUR_AGO,
    expiresAt: "2026-12-02T00:00:00.000Z",
    rev: "1",
    counted: true,
    ...overrides,
  });
}

/** Who has left by themselves. */
export const left = (leftAt: string): Partial<Membership> => ({ status: "removed", rev: "1", leftAt });
/** By an administrator, before the invitation. */
export const REMOVED: Partial<Membership> = { status: "removed", rev: "1" };

export interface Invited {
  readonly organizations?: ReturnType<typeof acmeAndGlobex>;
  /** Jane's membership. */
  readonly stored?: Partial<Membership> | null;
  readonly inviter?: Partial<Membership>;
}

/** Jane is invited like that, and three invitations are counted as open. */
export function invited(given: Partial<Invitation> | null, options: Invited = {}): MemoryPorts {
  const { organizations = acmeAndGlobex(), stored = null, inviter = {} } = options;
  const ports = memoryPorts(organizations);
  const { memberships } = ports;
  memberships.put(membership({ userId: JOE, email: JOE_EMAIL, role: "owner", ...inviter }));
  if (stored !== null) memberships.put(membership(stored));
  if (given !== null) memberships.invite(offered(given));
  const open = { "2026-12-02": 3 };
  const counts = { open, day: "2026-11-25", mails: 0, changes: 0, changedAt: null };
  memberships.ledgers.set(ACME, { organizationId: ACME, ...counts, rev: "1" });
  return ports;
}

export const openNow = ({ memberships }: MemoryPorts) =>
  memberships.ledgers.get(ACME)?.open["2026-12-02"] ?? 0;
export const invitationNow = ({ memberships }: MemoryPorts) => [...memberships.invitations.values()][0];
export const janeNow = ({ memberships }: MemoryPorts) => memberships.memberships.get(`${ACME} ${JANE}`);
