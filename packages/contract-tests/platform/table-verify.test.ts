import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins, ORGANIZATIONS } from "../simulator/people.ts";
import type { Item } from "../simulator/table-scan.ts";

const stack = stackOfTests();
let table: DynamoDBDocument;
beforeAll(async () => {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const endpoint = stack.environment.DYNAMODB_ENDPOINT ?? "";
  table = DynamoDBDocument.from(new DynamoDBClient({ endpoint, region: "eu-central-1", credentials }));
});
afterAll(() => table.destroy());

const TableName = "platform-api";
const OK = /^\{"table":"platform-api","items":\d+,"problems":0,"findings":\[\]\}\n$/;
const verify = (...args: string[]) => stack.cli("table", "verify", ...args);

/** A member of Acme, who has signed in. */
async function person() {
  const email = `${fresh("person")}@acme.example`;
  const subject = fresh("waad|subject");
  const token = await logins(stack).entra(email, { subject });
  const { userId } = await stack.client(token).auth.validate.query();
  return { email, subject, userId: userId ?? expect.fail() };
}

/** The only item of the type that contains the text. */
async function itemOf(type: string, text: string): Promise<Item> {
  const items = await stack.items();
  const [item, ...others] = items.filter((each) => each.type === type && JSON.stringify(each).includes(text));
  return item !== undefined && others.length === 0 ? item : expect.fail(`not one ${type} of ${text}`);
}

async function lose(type: string, text: string): Promise<void> {
  const { pk, sk } = await itemOf(type, text);
  await table.delete({ TableName, Key: { pk, sk } });
}

/** What a restore may leave of a change: its finding, and the commands that undo it; `org apply` without any. */
const DAMAGES: readonly (readonly [string, () => Promise<readonly [string, ...string[]]>])[] = [
  [
    "a link without its seat",
    async () => {
      const { subject, userId } = await person();
      await lose("seat", userId);
      return ["does not hold the seat", `identity unlink ${subject} --yes`];
    },
  ],
  [
    "a seat without its link",
    async () => {
      const { subject, userId } = await person();
      await lose("link", userId);
      return ["not linked so", `identity unlink ${subject} --yes`];
    },
  ],
  [
    "an accepted invitation without its membership",
    async () => {
      const email = `${fresh("guest")}@elsewhere.example`;
      await stack.cli("invitation", "create", "acme", email, "--role", "member");
      await stack.client(await logins(stack).password(email)).org.me.query();
      await lose("membership", email);
      return ["was never a member", `invitation create acme ${email} --role member`, "table place-members"];
    },
  ],
  [
    "a member without a word",
    async () => {
      const { userId } = await person();
      const [word] = (await stack.items()).filter(
        (each) => each.type === "member-word" && String(each.sk).endsWith(userId),
      );
      await table.delete({ TableName, Key: { pk: word?.pk, sk: word?.sk } });
      return ["is not found by each word", "table place-members"];
    },
  ],
  [
    "an owner who is not listed",
    async () => {
      const [{ userId }, other] = [await person(), await person()];
      for (const each of [userId, other.userId])
        await stack.cli("member", "set-role", "acme", each, "owner", "--force");
      const acme = await itemOf("organization", '"id":"acme"');
      await table.put({ TableName, Item: { ...acme, owners: [other.userId] } });
      return [
        "does not list this owner",
        `member set-role acme ${userId} admin`,
        `member set-role acme ${userId} owner --force`,
      ];
    },
  ],
  [
    "a listed owner who is not one",
    async () => {
      const { userId } = await person();
      await stack.cli("member", "set-role", "acme", userId, "owner", "--force");
      const { role: _, ...membership } = await itemOf("membership", userId);
      await table.put({ TableName, Item: { ...membership, role: "admin" } });
      return ["who is not an active owner", `member set-role acme ${userId} owner --force`];
    },
  ],
  [
    "an Auth0 id that does not point to its organization",
    async () => {
      await lose("auth0-pointer", "org_acme");
      return [
        "does not point to it",
        "org set acme --auth0-org-id none",
        "org set acme --auth0-org-id org_acme",
      ];
    },
  ],
  [
    "an Auth0 id that points to an organization without it",
    async () => {
      const pointer = await itemOf("auth0-pointer", "org_acme");
      const other = { ...pointer, pk: "AUTH0ORG#org_other", auth0OrgId: "org_other" };
      await table.put({ TableName, Item: other });
      return [
        "has another Auth0 id, or none",
        "org set acme --auth0-org-id org_other",
        "org set acme --auth0-org-id org_acme",
      ];
    },
  ],
  [
    "a domain that is not listed",
    async () => {
      const hooli = await itemOf("organization", '"id":"hooli"');
      await table.put({ TableName, Item: { ...hooli, domains: [] } });
      return ["does not list this domain", "domain release hooli hooli.example --yes"];
    },
  ],
  [
    "a listed domain that is not stored",
    async () => {
      await lose("domain", "closed.example");
      return ["neither verified nor lapsed"];
    },
  ],
  [
    "a listed connection that is not stored",
    async () => {
      await lose("connection", "globex-saml");
      return ["which it does not have"];
    },
  ],
];

it("finds nothing while nothing is wrong", async () => {
  expect(await verify("--json")).toMatchObject({ status: 0, output: expect.stringMatching(OK) });
});

it.each(DAMAGES)("finds %s, until it is undone", async (_, damage) => {
  const [finding, ...repair] = await damage();
  const { status, output } = await verify();
  expect([status, output]).toEqual([1, expect.stringContaining(finding)]);
  expect(output).toMatch(/\nerror: the table contradicts itself: see docs\/back-up-and-upgrade.md\n$/);
  for (const command of repair) expect(await stack.cli(...command.split(" "))).toMatchObject({ status: 0 });
  if (repair.length === 0) await stack.orgApply(ORGANIZATIONS, ["--yes", "--full"]);
  expect(await verify("--json")).toMatchObject({ status: 0, output: expect.stringMatching(OK) });
});
