/** The names of all caches of a process. */
export type CacheName =
  | "tokens"
  | "people"
  | "links"
  | "unblocked"
  | "sessions"
  | "memberships"
  | "organizations"
  | "organizations_by_auth0_id"
  | "connections"
  | "domains"
  | "absent_connections"
  | "absent_domains";

/** What a cache has done. Its owner counts in plain fields, because a callback would cost more than a hit. */
export interface CacheUse {
  readonly hits: number;
  readonly misses: number;
  /** How many values it holds. */
  readonly size: number;
}

/** Where caches are listed when they are made, for metrics. */
export type Caches = Map<CacheName, CacheUse>;
