import { type Account, actionClaims, type Issuer } from "./issuer.ts";
import { fresh, logins } from "./people.ts";

/** Two organizations with one domain. SSO creates memberships in the first, and users may join the second. */
export const FORGE = "forge";
export const ANNEX = "forge-annex";
const ENTRA = "forge-entra";
export const ORGANIZATIONS = [
  {
    id: FORGE,
    name: "Forge",
    jit: true,
    defaultRole: "member",
    domains: ["forge.example"],
    connections: [
      { name: ENTRA, strategy: "waad", displayName: "Forge" },
      { name: "forge-okta", strategy: "okta", displayName: "Forge, Okta" },
    ],
  },
  {
    id: ANNEX,
    name: "Forge Annex",
    jit: true,
    defaultRole: "member",
    domains: ["forge.example"],
    trusts: [FORGE],
  },
];

/** The login of a new user. */
export interface Newcomer extends Account {
  readonly token: string;
}

export async function newcomer(issuer: Issuer): Promise<Newcomer> {
  const email = `${fresh("smith")}@forge.example`;
  const subject = fresh("waad|smith");
  return { email, subject, connection: ENTRA, token: await entra(issuer, email, subject) };
}

/** One mailbox and all logins with its address. */
export interface Person {
  readonly email: string;
  /** By login. `rival` is another subject on the connection of `entra`, and the first of them gets the mailbox. */
  readonly tokens: Readonly<Record<"password" | "code" | "okta" | "entra" | "rival", string>>;
}

export async function newPerson(issuer: Issuer): Promise<Person> {
  const email = `${fresh("smith")}@forge.example`;
  const mailbox = { email, emailVerified: true };
  const [password, code, okta, first, second] = await Promise.all([
    logins({ issuer }).password(email),
    issuer.sign(fresh("email|code"), actionClaims({ ...mailbox, connection: "email" })),
    issuer.sign(`okta|forge-okta|${email}`, actionClaims(mailbox)),
    entra(issuer, email),
    entra(issuer, email),
  ]);
  return { email, tokens: { password, code, okta, entra: first, rival: second } };
}

function entra(issuer: Issuer, email: string, subject = fresh("waad|smith")): Promise<string> {
  return logins({ issuer }).entra(email, { connection: ENTRA, subject });
}
