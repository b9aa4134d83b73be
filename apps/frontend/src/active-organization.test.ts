import { expect, it } from "vitest";
import { activeOrganization } from "./active-organization.ts";

const organization = (id: string, ssoRequired = false) => ({
  id,
  name: id,
  role: "member" as const,
  ssoRequired,
});
const acme = organization("acme");
const globex = organization("globex");
const locked = organization("initech", true);

it.each([
  ["the person's choice", [acme, globex], ["globex", "acme"], "globex"],
  ["that of the token without a choice", [acme, globex], [null, "globex"], "globex"],
  ["that of the token when the choice is gone", [acme, globex], ["hooli", "globex"], "globex"],
  ["the first one when neither is there", [acme, globex], [null, null], "acme"],
  ["the first one that counts", [locked, globex], [null, null], "globex"],
  ["never one that wants its own sign-in", [locked, globex], ["initech", "initech"], "globex"],
  ["none where none counts", [locked], ["initech", null], undefined],
  ["none where there is none", [], ["acme", "acme"], undefined],
])("the active organization is %s", (_, organizations, preferences, id) => {
  expect(activeOrganization(organizations, preferences)?.id).toBe(id);
});
