import { readFileSync } from "node:fs";
import { z } from "zod";
import { PASSWORD_CONNECTION } from "../identity-provider/index.ts";
import { ACCOUNTS } from "./example.ts";

const fileSchema = z.object({
  organizations: z.array(
    z.object({
      id: z.string(),
      name: z.string().optional(),
      auth0OrgId: z.string().optional(),
      domains: z.array(z.string()).default([]),
      connections: z
        .array(z.object({ name: z.string(), strategy: z.string(), displayName: z.string() }))
        .default([]),
    }),
  ),
});

function readFile(file: string): z.output<typeof fileSchema> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    return refuseFile(error);
  }
}

/** They are there before platform-api knows the companies: `docs/organizations.md` and `docs/onboard.md` create them. */
const NEW_CUSTOMERS = {
  ids: ["piper"],
  domains: ["soylent.example"],
  connections: [{ name: "soylent-entra", strategy: "waad", displayName: "Soylent (Entra ID)" }],
};

/** A user who can sign in. */
export interface Person {
  readonly email: string;
  /** What this account shows. */
  readonly shows: string;
}

/**
 * The identity provider's options for the organizations of a file, and the users who can sign in. platform-api has
 * already applied the file, so it is valid.
 */
export function readTenant(file: string) {
  const { organizations } = readFile(file);
  const declared = [...organizations, NEW_CUSTOMERS].flatMap(({ domains, connections: own }) =>
    own.map((connection) => ({ ...connection, domains })),
  );
  const connections = [PASSWORD_CONNECTION, ...declared];
  const names = new Set(connections.map(({ name }) => name));
  const accountsOf = (ids: readonly string[]) =>
    ACCOUNTS.filter(({ organization, connection }) => ids.includes(organization) && names.has(connection));
  const accounts = accountsOf(organizations.map(({ id }) => id));
  const newcomers = accountsOf(NEW_CUSTOMERS.ids);
  const shown = new Set<string>(accounts.map(({ connection }) => connection));
  // The SSO of a development organization accepts any address.
  const others = organizations.flatMap(({ domains: [domain], connections: [connection] }) =>
    domain === undefined || connection === undefined || shown.has(connection.name)
      ? []
      : [{ email: `anyone@${domain}`, shows: `signs in through ${connection.displayName}` }],
  );
  return {
    options: {
      connections,
      organizations: organizations.flatMap(({ id, name = id, auth0OrgId, connections: own }) =>
        auth0OrgId === undefined ? [] : [{ auth0OrgId, name, connections: own.map((one) => one.name) }],
      ),
      accounts: [...accounts, ...newcomers],
    },
    people: [...accounts, ...others, ...newcomers],
  };
}

/** @throws the error with the variable that names the file */
export function refuseFile(cause: unknown): never {
  const problem = cause instanceof Error ? cause.message : String(cause);
  throw new Error(`ORGANIZATIONS_FILE: ${problem}`, { cause });
}

/** The identity provider's options. */
export type Tenant = ReturnType<typeof readTenant>["options"];
