import { expect, it } from "vitest";
import { selfServiceOfTests, stackOfTests } from "../simulator/of-tests.ts";
import {
  answered,
  discovered,
  enabledConnection,
  judged,
  ownOrganizations,
  provedDomain,
  signInThrough,
} from "../simulator/own-organizations.ts";

const upstreams = selfServiceOfTests();
const stack = stackOfTests({ organizations: [], settings: () => upstreams.settings });

// How long another process answers from its caches is proven in staleness, and that these are forgotten beside them.
it("a connection that is switched off or on, and a domain that is released, count at once in the process that does it", async () => {
  const { url } = await stack.another({ IDENTITY_CACHE_MS: "60000", MEMBERSHIP_CACHE_MS: "5000" });
  const [organization] = await ownOrganizations(stack, 1);
  if (organization === undefined) throw new Error("there is no organization");
  const domain = await provedDomain(organization, upstreams.dns);
  const { name } = await enabledConnection(organization);
  const known = await signInThrough(stack, { name }, `known@${domain}`);
  const seen = async () => [await judged(url, known), await discovered(url, domain)];
  const change = (path: string, input: object) => answered(organization.ask(path, input, url));
  expect(await seen()).toEqual(["OK", [name]]);
  await change("connections.update", { name, enabled: false });
  expect(await seen()).toEqual(["DOMAIN_NOT_ALLOWED", []]);
  await change("connections.update", { name, enabled: true });
  expect(await seen()).toEqual(["OK", [name]]);
  await change("domains.release", { domain });
  expect(await seen()).toEqual(["OK", []]); // the link stays
});
