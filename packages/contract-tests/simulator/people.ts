import { actionClaims, type Claims, type Issuer } from "./issuer.ts";

/** Organizations that together use every rule. */
export const ORGANIZATIONS = [
  {
    id: "acme",
    name: "Acme",
    auth0OrgId: "org_acme",
    jit: true,
    defaultRole: "member",
    domains: ["acme.example"],
    connections: [{ name: "acme-entra", strategy: "waad", displayName: "Acme" }],
    members: [{ email: "boss@acme.example", role: "owner" }],
  },
  {
    id: "globex",
    name: "Globex",
    jit: true,
    defaultRole: "member",
    domains: ["globex.example"],
    connections: [{ name: "globex-saml", strategy: "samlp", displayName: "Globex" }],
  },
  {
    id: "umbrella-labs",
    name: "Umbrella Labs",
    jit: true,
    defaultRole: "member",
    domains: ["umbrella.example"],
    connections: [{ name: "umbrella-okta", strategy: "okta", displayName: "Umbrella" }],
  },
  {
    id: "umbrella-retail",
    name: "Umbrella Retail",
    jit: true,
    defaultRole: "member",
    domains: ["umbrella.example"],
    trusts: ["umbrella-labs"],
  },
  {
    id: "initech",
    name: "Initech",
    jit: true,
    defaultRole: "member",
    enforceSso: true,
    domains: ["initech.example"],
    connections: [{ name: "initech-adfs", strategy: "adfs", displayName: "Initech" }],
    members: [{ email: "contractor@freelance.example", role: "member" }],
  },
  { id: "hooli", name: "Hooli", jit: true, defaultRole: "member", domains: ["hooli.example"] },
  { id: "closed", name: "Closed", jit: false, defaultRole: "member", domains: ["closed.example"] },
];

let serial = 0;

/** A unique name. */
export function fresh(prefix: string): string {
  serial += 1;
  return `${prefix}-${process.pid}-${serial}`;
}

/** Signs tokens like those of Auth0 for each kind of login. The issuer is looked up at each of them. */
export function logins(at: { readonly issuer: Pick<Issuer, "sign"> }) {
  return {
    /** Entra has a two-part subject, our connection claim, and `email_verified` false. */
    entra: (
      email: string,
      {
        connection = "acme-entra",
        subject = fresh("waad|id"),
        ...claims
      }: Claims & { readonly connection?: string; readonly subject?: string } = {},
    ) => at.issuer.sign(subject, { ...actionClaims({ connection, email, emailVerified: false }), ...claims }),
    /** SAML has a three-part subject and only our address claim. */
    saml: (email: string, subject = `samlp|globex-saml|${email}`) =>
      at.issuer.sign(subject, actionClaims({ email, emailVerified: true })),
    okta: (email: string) =>
      at.issuer.sign(`okta|umbrella-okta|${email}`, actionClaims({ email, emailVerified: true })),
    adfs: (email: string) =>
      at.issuer.sign(`adfs|initech-adfs|${email}`, actionClaims({ email, emailVerified: false })),
    /** A machine's own token, by default that of the service of every stack. */
    machine: (clientId = "worker", claims: Claims = {}) =>
      at.issuer.sign(`${clientId}@clients`, { azp: clientId, gty: "client-credentials", ...claims }),
    password: (email: string, { verified = true as unknown, subject = fresh("auth0|id") } = {}) =>
      at.issuer.sign(subject, {
        ...actionClaims({ connection: "Username-Password-Authentication", email, emailVerified: verified }),
      }),
  };
}
