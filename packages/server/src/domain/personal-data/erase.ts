import { auditEntry } from "../audit.ts";
import { aroundEnd, endSessionsOf, type SessionEnd } from "../identity/sign-out-everywhere.ts";
import type { OrganizationId } from "../organization.ts";
import { signOut } from "../revocation/record.ts";
import { endMemberships, type Refused, refusals } from "./end-memberships.ts";
import { eraseHoldings } from "./erase-steps.ts";
import { type Fate, fateOf } from "./fates.ts";
import { findHoldings, type Holdings, type PersonPorts } from "./holdings.ts";
import { type Person, plainNamesOf } from "./person.ts";

/** What becomes of some items of one kind. */
export interface Outcome {
  /** The table's word for their kind. */
  readonly type: string;
  readonly count: number;
  /** The end of a sentence about one of them. */
  readonly what: string;
}

/** What an erasure will do, for the operator to agree to. */
export interface ErasurePlan {
  readonly person: Person;
  readonly goes: readonly Outcome[];
  readonly stays: readonly Outcome[];
  /** What names the person and no erasure can change. */
  readonly unsolved: readonly Outcome[];
  /** The organizations that refuse to lose the member. */
  readonly refused: readonly Refused[];
  /** Whether an organizations file has invited an address of theirs: it will do so again. */
  readonly isDeclared: boolean;
  /** Whether an erasure of the user is in the audit. */
  readonly isRecorded: boolean;
  /** Whether nobody can become the user any more. */
  readonly isMarked: boolean;
  readonly holdings: Holdings;
}

/** Only reads: the whole store, at least once. */
export async function planErasure(
  known: Person,
  ports: PersonPorts,
  onProgress: (items: number) => void,
  signal: AbortSignal,
): Promise<ErasurePlan> {
  const holdings = await findHoldings(known, ports, onProgress, signal);
  const { person, found, malformed } = holdings;
  const names = plainNamesOf(person);
  const fates = found.flatMap((held) => {
    const fate = fateOf(held, holdings, names);
    return fate === null ? [] : [{ held, fate }];
  });
  const outcomes = (...wanted: readonly Fate<never>["becomes"][]) =>
    counted(
      fates.flatMap(({ held: { type }, fate: { becomes, why } }) =>
        wanted.includes(becomes) ? [{ type, what: why }] : [],
      ),
    );
  const unreadable = malformed.map((key) => ({
    type: key,
    count: 1,
    what: "cannot be read: see `table verify`",
  }));
  return {
    person,
    goes: outcomes("deleted", "changed"),
    stays: outcomes("kept"),
    unsolved: [...outcomes("unsolved"), ...unreadable],
    refused: await refusals(holdings, ports, signal),
    isDeclared: fates.some(
      ({ held, fate }) => held.kind === "invitation" && fate.becomes === "deleted" && held.value.declared,
    ),
    isRecorded: found.some(
      ({ kind, value }) =>
        kind === "auditEntry" && value.action === "identity-erased" && value.userId === person.userId,
    ),
    isMarked: found.some(
      ({ kind, value }) => kind === "speakers" && value.userId === person.userId && value.erasedAt !== null,
    ),
    holdings,
  };
}

/** What has come of an erasure. */
export interface Erased {
  /** What the last pass has found: where something goes still, the person has signed in again and again meanwhile. */
  readonly left: ErasurePlan;
  /** What has become of the sessions at the identity provider; null where nobody was signed out. */
  readonly sessions: SessionEnd | null;
  /** False where nothing was to go, and an erasure was recorded; or where an organization has refused it at once. */
  readonly changed: boolean;
  /** The organizations that the user was removed from. */
  readonly removedFrom: readonly OrganizationId[];
  /** Which organization has refused it, though the plan has not foreseen it; null for none. */
  readonly refused: Refused | null;
}

/** Passes, of which a further one is only for what a sign-in has stored meanwhile. */
const MAX_PASSES = 4;

/**
 * Takes away all that says who the user is, and looks through the whole store again until there is nothing left. The UUID
 * stays: with the removed memberships, the mark by which nobody inherits it, and the entries of the audit. It may be ended at any
 * moment, and be run again.
 */
export async function erasePerson(
  plan: ErasurePlan,
  ports: PersonPorts,
  onProgress: (items: number) => void,
  signal: AbortSignal,
): Promise<Erased> {
  const { userId } = plan.person;
  let left = plan;
  let sessions: SessionEnd | null = null;
  const removedFrom: OrganizationId[] = [];
  for (let pass = 0; isOpen(left) && pass < MAX_PASSES; pass += 1) {
    const { person, holdings } = left;
    // First, because it alone may be refused: who stays is not signed out either.
    const { ended, refused } = await endMemberships(holdings, ports, signal);
    removedFrom.push(...ended);
    if (refused !== null)
      return { left, sessions, changed: sessions !== null || removedFrom.length > 0, removedFrom, refused };
    // Before anything else, so that no token of before stores more: what grants relies on it.
    const signedOut = await aroundEnd(
      () => signOut(userId, { actor: ports.actor, issuedAt: null }, ports, signal),
      () => endSessionsOf(person.subjects, ports, signal),
    );
    sessions = signedOut.sessions;
    await eraseHoldings(holdings, ports, signal);
    left = await planErasure(person, ports, onProgress, signal);
  }
  const changed = sessions !== null || !plan.isRecorded;
  if (changed && !isOpen(left)) {
    const at = ports.now().toISOString();
    await ports.audit.append(
      auditEntry({ at, actor: ports.actor, action: "identity-erased", userId }),
      signal,
    );
  }
  return { left, sessions, changed, removedFrom, refused: null };
}

function isOpen({ goes, isMarked }: ErasurePlan): boolean {
  return goes.length > 0 || !isMarked;
}

function counted(all: readonly Omit<Outcome, "count">[]): readonly Outcome[] {
  const counts = new Map<string, Outcome>();
  for (const { type, what } of all) {
    const key = JSON.stringify([type, what]);
    counts.set(key, { type, what, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}
