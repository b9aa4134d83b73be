import { beforeAll, expect, it } from "vitest";
import { startDnsServer } from "../../server/src/adapters/testing/dns-server.ts";
import { duringTests, stackOfTests } from "../simulator/of-tests.ts";
import { answered, type OwnOrganization, ownOrganizations } from "../simulator/own-organizations.ts";
import { ZONES } from "./dns-zones.ts";

/** A resolver that is silent is waited for 2 s: five times that on a busy machine. */
const MAX_MS = 5 * 2_000;

const resolvers = [duringTests(startDnsServer), duringTests(startDnsServer)];
const stack = stackOfTests({
  organizations: [],
  settings: () => ({ DNS_RESOLVERS: resolvers.map(({ address }) => address).join() }),
});
let organizations: OwnOrganization[];

beforeAll(async () => {
  organizations = await ownOrganizations(stack, ZONES.length);
});

it.concurrent.each(ZONES.map((zone, index) => [zone[0], { zone, index }] as const))(
  "a domain is checked while its name servers answer with: %s",
  async (_, { zone: [, publish, expected], index }) => {
    const organization = organizations[index];
    if (organization === undefined) throw new Error("there are fewer organizations than zones");
    const { id, ask } = organization;
    const domain = `${id}-labs.example`;
    const claim = await answered<{ record: { name: string; value: string } }>(
      ask("domains.claim", { domain }),
    );
    const { name, value } = claim.record;
    publish({
      domain,
      name,
      value,
      say: (at, reply, only) => {
        for (const [index, { replies }] of resolvers.entries())
          if (only === undefined || only === index) replies.set(at, reply);
      },
    });
    const startMs = performance.now();
    const checked = await answered(ask("domains.check", { domain }));
    expect(performance.now() - startMs).toBeLessThan(MAX_MS);
    expect(checked).toMatchObject({ domain, ...expected });
  },
);
