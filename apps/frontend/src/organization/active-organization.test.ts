import { expect, it } from "vitest";
import { activeOrganization } from "./active-organization.ts";

const organization = (id: string, ssoRequired = false) => ({
  id,
  name: id,
  role: "member" as const,
  ssoRequired,
  closesAt: null,
  invitedBy: null,
});
const acme = organization("acme");
const globex = organization("globex");
const locked = organization("initech", true);

it.each([
  ["the user's choice", [acme, globex], ["globex", "acme"], "globex"],
  ["the token's organization without a choice", [acme, globex], [null, "globex"], "globex"],
  ["the token's organization when the choice is gone", [acme, globex], ["hooli", "globex"], "globex"],
  ["the first one without a choice or a token organization", [acme, globex], [null, null], "acme"],
  ["the first one whose membership counts", [locked, globex], [null, null], "globex"],
  ["never one that requires SSO", [locked, globex], ["initech", "initech"], "globex"],
  ["none if no membership counts", [locked], ["initech", null], undefined],
  ["none without memberships", [], ["acme", "acme"], undefined],
])("the active organization is %s", (_, organizations, preferences, id) => {
  expect(activeOrganization(organizations, preferences)?.id).toBe(id);
});
