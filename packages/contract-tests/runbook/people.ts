import { expect } from "vitest";
import { logins } from "../simulator/people.ts";
import { declared, fileOf, type Prepare, secondAccount, signIn } from "./settings.ts";

/** The pages about people, customers and what is stored of them. */
export const PEOPLE: Readonly<Record<string, Prepare>> = {
  "cannot-get-in.md": async (world) => {
    const userId = await signIn(world, "max", "waad|max-2019");
    const TOKEN = await secondAccount(world, "max", "waad|max-2026");
    return { here: { "5d1f0e0a-3c52-4b0e-9b0c-7d1f6a1f2b11": userId }, env: { TOKEN } };
  },

  "leaver.md": async (world) => {
    const userId = await signIn(world, "eve", "waad|eve");
    const invited = ["invitation", "create", "acme", "kim@acme.example", "--role", "member"];
    expect(await world.stack.cli(...invited)).toMatchObject({ status: 0 });
    return { here: { "090a6f4d-6987-4fbb-932a-0adc02d30703": userId } };
  },

  "recycled-mailbox.md": async (world) => {
    const userId = await signIn(world, "jane", "waad|jane-2019");
    await secondAccount(world, "jane", "waad|jane-2026");
    const here = { "7c18584b-d06e-4ad2-9ff1-6ef64128fed0": userId, IaUTlRkXIpSKXxSRZ8ykGMsHwTIbGNzh: "spa" };
    return { here };
  },

  "another-organizations-person.md": async (world) => {
    return { here: { "1f4b7a9e-52c3-4d8a-8e6f-b0a1c2d3e4f5": await signIn(world, "rob", "waad|rob") } };
  },

  "another-identity-provider.md": async (world) => {
    const bob = await signIn(world, "bob", "waad|bob-2019");
    await secondAccount(world, "bob", "waad|bob-2026");
    const pat = await signIn(world, "pat", "waad|pat");
    const ron = await signIn(world, "ron", "waad|ron");
    const acme = declared("acme");
    const okta = { name: "acme-okta", strategy: "okta", displayName: "Acme (Okta)" };
    return {
      here: { "e0eac176-57eb-43a3-975f-064aad074f7e": pat, "7c18584b-d06e-4ad2-9ff1-6ef64128fed0": bob },
      files: fileOf({ ...acme, members: undefined, connections: [...(acme.connections ?? []), okta] }),
      after: async (command) => {
        if (command.startsWith("org apply"))
          expect(await signIn(world, "ron", "okta|ron", "acme-okta")).toBe(ron);
        if (command.startsWith("connection relink-window acme-entra --until"))
          await signIn(world, "bob", "waad|bob-2026");
      },
    };
  },

  "another-domain.md": async ({ stack, dns }) => {
    await stack.applyOrganizations([{ ...declared("acme"), domains: ["acme.example", "acme-old.example"] }]);
    await stack.directory.ensure({ email: "ann@acme-group.example" });
    const { CLJ_PG_WRAPPER_URL = "" } = stack.environment;
    return {
      here: { "https://clj-pg-wrapper.internal.example": CLJ_PG_WRAPPER_URL },
      after: async (command) => {
        if (!command.startsWith("domain claim")) return;
        const { output } = await stack.cli("domain", "list", "acme", "--json");
        const claimed: { record: { name: string; value: string } | null }[] = JSON.parse(output);
        for (const { record } of claimed) if (record !== null) dns.records.set(record.name, [record.value]);
      },
    };
  },

  "erase-a-person.md": async (world) => {
    return { here: { "3e8f6c1a-2b7d-4e59-8c3f-9a1b2c3d4e5f": await signIn(world, "ida", "waad|ida") } };
  },

  "taking-a-connection-away.md": async ({ stack }) => {
    await stack.client(await logins(stack).saml("sam@globex.example")).auth.validate.query();
    const globex = declared("globex");
    return { files: fileOf({ ...globex, connections: [] }) };
  },
};
