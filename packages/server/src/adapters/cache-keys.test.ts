import { expect, it } from "vitest";
import { loginIdOf, type Write } from "../domain/index.ts";
import { type CacheKey, cacheKeysOf } from "./cache-keys.ts";
import {
  ACME_EXAMPLE,
  connection,
  endedSession,
  JANE,
  link,
  membership,
  organization,
  seat,
  subjectFacts,
  verifiedDomain,
} from "./dynamodb/testing/examples.ts";

const ACME = organization({ auth0OrgId: "org_1", domains: [ACME_EXAMPLE], connections: ["okta"] });
const OF_ACME: readonly CacheKey[] = [
  "organizations acme",
  "organizations_by_auth0_id org_1",
  "domains acme.example",
  "connections okta",
];
const LINK = link({ tenant: "t", subject: "waad|1" });
const BLOCK = { userId: JANE, blockedAt: "2026-11-24T12:00:00.000Z", rev: "1" };

it.each<[what: string, write: Write, keys: readonly CacheKey[]]>([
  [
    "an organization that is new names what it stands in, as the lists of others may be cached",
    { item: "organization", present: null, next: ACME },
    OF_ACME,
  ],
  [
    "an organization names itself as it was and as it becomes, with all that it stands in",
    { item: "organization", present: ACME, next: { ...ACME, auth0OrgId: null, connections: ["entra"] } },
    [...OF_ACME, "organizations acme", "domains acme.example", "connections entra"],
  ],
  [
    "an Auth0 id that is given up names itself",
    { item: "pointer", present: { auth0OrgId: "org_1", organizationId: ACME.id, rev: "1" }, next: null },
    ["organizations_by_auth0_id org_1"],
  ],
  [
    "a domain that is new names itself, as its absence may be cached",
    { item: "domain", present: null, next: verifiedDomain() },
    ["domains acme.example"],
  ],
  [
    "a connection that is new names itself, as its absence may be cached",
    { item: "connection", present: null, next: connection({ name: "okta" }) },
    ["connections okta"],
  ],
  ["a membership that is new changes nothing", { item: "membership", present: null, next: membership() }, []],
  [
    "a membership that changes names itself",
    { item: "membership", present: membership(), next: membership({ status: "removed" }) },
    [`memberships ${JANE} acme`],
  ],
  ["a link that is new changes nothing", { item: "link", present: null, next: LINK }, []],
  [
    "a link that goes names itself",
    { item: "link", present: LINK, next: null },
    [`links ${loginIdOf(LINK)}`],
  ],
  [
    "a block that is new names its user, as its absence is cached",
    { item: "block", present: null, next: BLOCK },
    [`unblocked ${JANE}`],
  ],
  [
    "a block that is lifted names its user",
    { item: "block", present: BLOCK, next: null },
    [`unblocked ${JANE}`],
  ],
  [
    "facts of a subject that are new name it with its link, as their absence is cached",
    { item: "facts", present: null, next: subjectFacts({ tenant: "t", subject: "waad|1" }) },
    [`links ${loginIdOf(LINK)}`],
  ],
  [
    "a session that ends names itself, as its absence is cached",
    { item: "session", present: null, next: endedSession({ tenant: "t", subject: "waad|1", sid: "s" }) },
    [`sessions ${loginIdOf(LINK)} s`],
  ],
  [
    "a sign-out that is new names its user, as its absence is cached",
    { item: "signOut", present: null, next: { userId: JANE, notBefore: 100, rev: "1" } },
    [`unblocked ${JANE}`],
  ],
  ["a seat is cached nowhere", { item: "seat", present: null, next: seat() }, []],
])("%s", (_, write, keys) => {
  expect(cacheKeysOf(write)).toEqual(keys);
});
