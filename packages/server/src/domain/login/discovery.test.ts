import { expect, it } from "vitest";
import { MemoryOrganizations } from "../../memory/organizations.ts";
import { acmeAndGlobex, OKTA } from "../testing/memory-ports.ts";
import {
  ACME,
  acmeAlone,
  ENDED,
  ENTRA,
  GLOBEX,
  JANE_EMAIL,
  JOE_EMAIL,
  organization,
  SETTINGS,
  UNBOUNDED,
} from "../testing/people.ts";
import { discover } from "./discovery.ts";

const { now } = SETTINGS;
const ENFORCED = { enforceSso: true };
const CLOSED = { ...ENFORCED, ...ENDED };

it.each<[string, MemoryOrganizations, boolean, string[]]>([
  ["a password where the domain is not verified", new MemoryOrganizations(), true, []],
  ["both where SSO is not enforced", acmeAlone(), true, ["acme-entra"]],
  ["SSO alone where it is enforced", acmeAlone().put(organization(ACME, ENFORCED)), false, ["acme-entra"]],
  ["T7J: a password where one of two enforces", acmeAndGlobex(ENFORCED), true, ["acme-entra", "globex-okta"]],
  ["no password where both do", acmeAndGlobex(ENFORCED, ENFORCED), false, ["acme-entra", "globex-okta"]],
  ["a password alone at a closed organization", acmeAlone().put(organization(ACME, CLOSED)), true, []],
  ["nothing of the closed one of two", acmeAndGlobex(CLOSED, ENFORCED), true, ["globex-okta"]],
])("offers %s", async (_, organizations, passwordAllowed, names) => {
  const { options, ...discovery } = await discover(JANE_EMAIL, { organizations, now }, UNBOUNDED);
  expect([discovery, options.map(({ connection }) => connection.name)]).toEqual([{ passwordAllowed }, names]);
});

it("sorts the connections of all organizations by display name, then by name", async () => {
  const named = (name: string, displayName: string, organizationId = ACME) => ({
    ...ENTRA,
    name,
    displayName,
    organizationId,
  });
  const organizations = acmeAndGlobex();
  for (const each of [named("b", "Staff"), named("a", "Staff"), named("c", "Guests", GLOBEX)])
    organizations.connections.set(each.name, each);
  const { options } = await discover(JANE_EMAIL, { organizations, now }, UNBOUNDED);
  expect(
    options.map(({ connection, organization: { id } }) => [connection.displayName, connection.name, id]),
  ).toEqual([
    [ENTRA.displayName, ENTRA.name, ACME],
    [OKTA.displayName, OKTA.name, GLOBEX],
    ["Guests", "c", GLOBEX],
    ["Staff", "a", ACME],
    ["Staff", "b", ACME],
  ]);
});

it("reads by the domain only, so that every address at it gets the same answer", async () => {
  const organizations = acmeAndGlobex();
  const jane = await discover(JANE_EMAIL, { organizations, now }, UNBOUNDED);
  const asked = organizations.asked.splice(0);
  expect([await discover(JOE_EMAIL, { organizations, now }, UNBOUNDED), organizations.asked]).toEqual([
    jane,
    asked,
  ]);
  expect(asked).toEqual(["listByDomain acme.example", "listConnections acme", "listConnections globex"]);
});
