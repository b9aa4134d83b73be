import type { ChangePorts, Organization, OrganizationId } from "../organization.ts";
import { newRevision } from "../revision.ts";
import type { Write } from "../transaction.ts";

declare module "../transaction.ts" {
  interface Items {
    readonly pointer: Auth0Pointer;
  }
}

/** Which of our organizations has an Auth0 id. It is stored together with the organization, which names the id too. */
export interface Auth0Pointer {
  readonly auth0OrgId: string;
  readonly organizationId: OrganizationId;
  readonly rev: string;
}

/** Throws {@link Refusal} STORE_UNAVAILABLE when there is no usable answer before `signal` aborts. */
export interface Auth0Pointers {
  /** Null where none of our organizations has the Auth0 id. */
  findPointer(auth0OrgId: string, signal: AbortSignal): Promise<Auth0Pointer | null>;
}

/** What is read of who has which Auth0 id. */
export interface Auth0IdPorts extends Pick<ChangePorts, "organizations"> {
  readonly organizationRegistry: Auth0Pointers;
}

/** What a change of an organization's Auth0 id relies on. */
export interface Auth0Id {
  /** The pointer of the id that the organization has; null without one. */
  readonly former: Auth0Pointer | null;
  /** That of the id that it gets. */
  readonly wanted: Auth0Pointer | null;
  /** The other organization that has the id; null if none has it. */
  readonly holder: Organization | null;
}

/** Nothing: the Auth0 id stays. */
const SAME_AUTH0_ID: Auth0Id = { former: null, wanted: null, holder: null };

/** Reads what it takes for the organization to have `next`'s Auth0 id in the place of its present one. */
export async function readAuth0Id(
  next: Pick<Organization, "id" | "auth0OrgId">,
  present: Pick<Organization, "auth0OrgId"> | null,
  { organizations, organizationRegistry: registry }: Auth0IdPorts,
  signal: AbortSignal,
): Promise<Auth0Id> {
  const before = present?.auth0OrgId ?? null;
  if (next.auth0OrgId === before) return SAME_AUTH0_ID;
  const former = before === null ? null : await registry.findPointer(before, signal);
  if (next.auth0OrgId === null) return { ...SAME_AUTH0_ID, former };
  const wanted = await registry.findPointer(next.auth0OrgId, signal);
  const holder = wanted === null ? null : await organizations.findByAuth0OrgId(next.auth0OrgId, signal);
  return { former, wanted, holder: holder?.id === next.id ? null : holder };
}

/** Writes the organization, puts the pointer of its Auth0 id and deletes that of the former one. */
export function organizationWrites(
  next: Organization,
  present: Organization | null,
  { former, wanted }: Auth0Id,
): readonly Write[] {
  const { id: organizationId, auth0OrgId } = next;
  const writes: Write[] = [{ item: "organization", next, present }];
  if (auth0OrgId === (present?.auth0OrgId ?? null)) return writes;
  if (former?.organizationId === organizationId)
    writes.push({ item: "pointer", next: null, present: former });
  if (auth0OrgId !== null) {
    const pointer = { auth0OrgId, organizationId, rev: newRevision() };
    writes.push({ item: "pointer", next: pointer, present: wanted });
  }
  return writes;
}
