import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { MemoryOrganizations } from "../../memory/organizations.ts";
import { memoryTransactions } from "../../memory/transactions.ts";
import { operatorOf } from "../membership/standing.ts";
import { ApplyStopped, applyOrganizations, DeclarationRefused } from "../operators/apply-organizations.ts";
import { choose, describeRaces, Interleaving } from "../testing/interleaving.ts";
import { MemoryAdministration } from "../testing/memory-administration.ts";
import { ACME, GLOBEX, INITECH, organization, UNBOUNDED } from "../testing/people.ts";
import { setState } from "./closing.ts";
import { updateOrganization } from "./settings.ts";

const id = fc.constantFrom(ACME, GLOBEX, INITECH);
const auth0OrgId = fc.constantFrom("org_1", "org_2", null);

type Operation = (stores: MemoryAdministration) => Promise<unknown>;

/** What operators do: they set the id of one organization, or apply a file that moves those of two. */
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ id, auth0OrgId }).map(({ id, auth0OrgId }) => async (stores: MemoryAdministration) => {
    const operator = await operatorOf(stores.actor, id, stores.organizations, UNBOUNDED);
    await updateOrganization(operator, { changes: { auth0OrgId }, login: null }, stores, UNBOUNDED);
  }),
  fc.record({ id }).map(({ id }) => async (stores: MemoryAdministration) => {
    await setState(
      await operatorOf(stores.actor, id, stores.organizations, UNBOUNDED),
      "closed",
      stores,
      UNBOUNDED,
    );
  }),
  fc
    .uniqueArray(fc.record({ id, auth0OrgId }), { minLength: 1, maxLength: 2, selector: (each) => each.id })
    .map((settings) => async (stores: MemoryAdministration) => {
      const empty = { domains: [], connections: [], invitations: null };
      const declared = settings.map((each) => ({ organization: { ...each, trusts: [] }, ...empty }));
      await applyOrganizations({ declared, agreed: () => true }, stores, UNBOUNDED).catch(
        (error: unknown) => {
          if (!(error instanceof ApplyStopped || error instanceof DeclarationRefused)) throw error;
        },
      );
    }),
);

const races = fc.record({ operations: fc.array(operation, { minLength: 2, maxLength: 4 }), choose });

function wrongWith({ organizations, identities }: MemoryAdministration): string | null {
  const named = [...organizations.organizations.values()].flatMap((each) =>
    each.auth0OrgId === null ? [] : [`${each.auth0OrgId} ${each.id}`],
  );
  const pointed = [...organizations.pointers.values()].map(
    (each) => `${each.auth0OrgId} ${each.organizationId}`,
  );
  if (!isDeepStrictEqual(named.sort(), pointed.sort())) return `${named} have pointers ${pointed}`;
  // That it is as declared is remembered without an entry.
  const changed = [...organizations.organizations.values()].filter(
    ({ rev, applied }) => rev !== "0" && rev !== applied?.rev,
  ).length;
  return changed <= identities.entries.length ? null : "a change has no entry";
}

describeRaces("each Auth0 id points to the one organization that has it, at every moment", {
  races,
  runs: { calm: 500, rough: 1_000 },
  without: ["pointer", "organization"],
  async wrongIn({ operations, choose, fates, without }) {
    const stores = new MemoryAdministration(new MemoryOrganizations());
    stores.organizations
      .put(organization(ACME, { auth0OrgId: "org_1" }))
      .put(organization(GLOBEX))
      .put(organization(INITECH));
    const interleaving = new Interleaving();
    const blindTo = new Set(without === undefined ? [] : [without]);
    const ports: MemoryAdministration = {
      ...stores,
      organizations: interleaving.slowly(stores.organizations),
      organizationRegistry: interleaving.slowly(stores.organizationRegistry),
      transactions: interleaving.slowly(memoryTransactions(stores, { blindTo })),
      audited: stores.audited,
    };
    for (const operation of operations) await interleaving.start(() => operation(ports));
    return interleaving.finish({ choose, fates, wrong: () => wrongWith(stores) });
  },
});
