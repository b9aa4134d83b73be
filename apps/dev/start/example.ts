import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { PASSWORD_CONNECTION } from "../identity-provider/index.ts";

/** The organizations file that `start` applies. */
export const ORGANIZATIONS_FILE = fileURLToPath(new URL("../example/organizations.json", import.meta.url));

/** Who can sign in from the start, and what there is to see with each. */
export const ACCOUNTS = [
  {
    email: "jane@acme.example",
    name: "Jane Doe",
    connection: "acme-entra",
    shows: "first SSO login: a member of Acme at once",
  },
  {
    email: "hank@globex.example",
    name: "Hank Scorpio",
    connection: "globex-saml",
    shows: "invited as owner of Globex",
  },
  {
    email: "ada@umbrella.example",
    name: "Ada Wong",
    connection: "umbrella-okta",
    shows: "member of Umbrella Labs, may join Umbrella Retail",
  },
  {
    email: "peter@initech.example",
    name: "Peter Gibbons",
    connection: "initech-adfs",
    shows: "Initech accepts only its own SSO",
  },
  {
    email: "casey@freelance.example",
    name: "Casey Lee",
    connection: PASSWORD_CONNECTION.name,
    emailVerified: true,
    shows: "password; invited to Initech from outside",
  },
  {
    email: "pat@hooli.example",
    name: "Pat Chen",
    connection: PASSWORD_CONNECTION.name,
    emailVerified: true,
    shows: "password; may join Hooli",
  },
  {
    email: "mallory@hooli.example",
    name: "Mallory",
    connection: PASSWORD_CONNECTION.name,
    emailVerified: false,
    shows: "refused: the address is not verified",
  },
] as const;

const fileSchema = z.object({
  organizations: z.array(
    z.object({
      name: z.string(),
      auth0OrgId: z.string().optional(),
      connections: z.array(z.object({ name: z.string(), strategy: z.string(), displayName: z.string() })),
    }),
  ),
});

/** What the identity provider must know of the example organizations. */
export function exampleTenant() {
  const { organizations } = fileSchema.parse(JSON.parse(readFileSync(ORGANIZATIONS_FILE, "utf8")));
  return {
    connections: [PASSWORD_CONNECTION, ...organizations.flatMap(({ connections }) => connections)],
    organizations: organizations.flatMap(({ name, auth0OrgId, connections }) =>
      auth0OrgId === undefined
        ? []
        : [{ auth0OrgId, name, connections: connections.map((connection) => connection.name) }],
    ),
  };
}
