import {
  type Items,
  loginIdOf,
  type Organization,
  type OrganizationId,
  type SessionKey,
  type UserId,
  type Write,
} from "../domain/index.ts";
import type { CacheName } from "./cache-use.ts";

/** The place of a value: the name of its cache, and its key in it. */
export type CacheKey = `${CacheName} ${string}`;

/** The keys of values in their caches. */
export const keyIn = {
  link: loginIdOf,
  session: ({ sid, ...subject }: SessionKey) => `${loginIdOf(subject)} ${sid}`,
  membership: (organizationId: OrganizationId, userId: UserId) => `${userId} ${organizationId}`,
};

const NOT_CACHED = () => [];

/**
 * What caches may hold of an item as it was, or as a change leaves it: by the kind, so that none is forgotten. What did not
 * exist has no row where no cache says so: a membership or a link that is new changes nothing that anybody holds.
 */
const CACHED: {
  readonly [Kind in keyof Items]: (
    present: Items[Kind] | null,
    next: Items[Kind] | null,
  ) => readonly CacheKey[];
} = {
  organization: (present, next) => [present, next].flatMap(ofOrganization),
  pointer: (present) => (present === null ? [] : [`organizations_by_auth0_id ${present.auth0OrgId}`]),
  domain: (present, next) => each(present, next, ({ domain }) => `domains ${domain}`),
  connection: (present, next) => each(present, next, ({ name }) => `connections ${name}`),
  membership: (present) =>
    present === null ? [] : [`memberships ${keyIn.membership(present.organizationId, present.userId)}`],
  link: (present) => (present === null ? [] : [`links ${keyIn.link(present)}`]),
  facts: (present, next) => each(present, next, (facts) => `links ${keyIn.link(facts)}`),
  session: (present, next) => each(present, next, (session) => `sessions ${keyIn.session(session)}`),
  block: (present, next) => each(present, next, ({ userId }) => `unblocked ${userId}`),
  signOut: (present, next) => each(present, next, ({ userId }) => `unblocked ${userId}`),
  invitation: NOT_CACHED,
  invitationLedger: NOT_CACHED,
  seat: NOT_CACHED,
  speakers: NOT_CACHED,
  window: NOT_CACHED,
  claim: NOT_CACHED,
  setup: NOT_CACHED,
  refusal: NOT_CACHED,
};

/** What caches must forget when the item is written. */
export function cacheKeysOf<Kind extends keyof Items>({
  item,
  present,
  next,
}: Write & { readonly item: Kind }): readonly CacheKey[] {
  // The kind says the type of both, which a table of all kinds cannot express.
  const keys = CACHED[item] as (present: object | null, next: object | null) => readonly CacheKey[];
  return keys(present, next);
}

/** An organization stands also under its Auth0 id, and in the lists of those that have verified its domains. */
function ofOrganization(organization: Organization | null): readonly CacheKey[] {
  if (organization === null) return [];
  const { id, auth0OrgId, domains, connections } = organization;
  return [
    `organizations ${id}`,
    ...(auth0OrgId === null ? [] : [`organizations_by_auth0_id ${auth0OrgId}` as const]),
    ...domains.map((domain) => `domains ${domain}` as const),
    ...connections.map((name) => `connections ${name}` as const),
  ];
}

function each<T>(present: T | null, next: T | null, keyOf: (item: T) => CacheKey): readonly CacheKey[] {
  return [present, next].flatMap((item) => (item === null ? [] : [keyOf(item)]));
}
