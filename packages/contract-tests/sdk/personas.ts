import type { TestOrganization, TestUser } from "@platform-api/client/testing";

/** An organization for the handlers and for the server, whose tokens also need the strategy of a connection. */
export interface PersonaOrganization extends TestOrganization {
  readonly connections?: readonly {
    readonly name: string;
    readonly strategy: string;
    readonly displayName: string;
  }[];
}

/** Organizations that together use every kind of setting. */
export const ORGANIZATIONS: readonly PersonaOrganization[] = [
  {
    id: "acme",
    name: "Acme",
    auth0OrgId: "org_acme",
    domains: ["acme.example"],
    connections: [{ name: "acme-entra", strategy: "waad", displayName: "Acme (Entra ID)" }],
  },
  {
    id: "umbrella-labs",
    name: "Umbrella Labs",
    domains: ["umbrella.example"],
    defaultRole: "admin",
    connections: [
      { name: "umbrella-okta", strategy: "okta", displayName: "Umbrella" },
      { name: "umbrella-adfs", strategy: "adfs", displayName: "Old Umbrella" },
    ],
  },
  {
    id: "umbrella-retail",
    name: "Umbrella Retail",
    domains: ["umbrella.example", "xn--bcher-kva.example"],
    trusts: ["umbrella-labs"],
  },
  {
    id: "initech",
    name: "Initech",
    domains: ["initech.example"],
    connections: [{ name: "initech-adfs", strategy: "adfs", displayName: "Initech" }],
    enforceSso: true,
  },
  { id: "hooli", name: "Hooli", domains: ["hooli.example"] },
  {
    id: "wayne",
    name: "wayne",
    domains: ["wayne.example"],
    connections: [{ name: "wayne-okta", strategy: "okta", displayName: "Wayne" }],
    locked: ["jit"],
  },
  {
    id: "wonka",
    name: "wonka",
    domains: ["wonka.example"],
    connections: [{ name: "wonka-okta", strategy: "okta", displayName: "Wonka" }],
    locked: ["jit"],
  },
  { id: "stark", name: "stark", domains: ["stark.example"], locked: ["jit"] },
];

/** One person for each kind of membership, and some whose memberships the tests change. */
export const PEOPLE = {
  boss: { email: "boss@acme.example", connection: "acme-entra", memberships: { acme: "owner" } },
  newcomer: { email: "new@acme.example", connection: "acme-entra" },
  named: { email: "named@freelance.example", memberships: { acme: "admin" }, organizationId: "acme" },
  removed: { email: "gone@acme.example", connection: "acme-entra", memberships: { acme: "removed" } },
  chooser: { email: "chooser@umbrella.example", connection: "umbrella-okta" },
  joiner: { email: "joiner@umbrella.example", connection: "umbrella-okta" },
  dismissed: { email: "dismissed@hooli.example", memberships: { hooli: "removed" } },
  contractor: { email: "contractor@freelance.example", memberships: { initech: "member" } },
  latecomer: { email: "latecomer@initech.example", memberships: { initech: "admin" }, linked: true },
  stranger: { email: "stranger@mail.example" },
  leaver: { email: "leaver@mail.example" },
  lapsed: { email: "lapsed@mail.example", emailVerified: false, linked: true },
  unverified: { email: "unverified@mail.example", emailVerified: false },
  foreigner: { email: "foreigner@hooli.example", connection: "acme-entra" },
  insister: { email: "insister@initech.example" },
  owner: { email: "bruce@wayne.example", connection: "wayne-okta", memberships: { wayne: "owner" } },
  coOwner: { email: "selina@freelance.example", memberships: { wayne: "owner" } },
  admin: { email: "alfred@wayne.example", connection: "wayne-okta", memberships: { wayne: "admin" } },
  otherAdmin: { email: "lucius@wayne.example", connection: "wayne-okta", memberships: { wayne: "admin" } },
  member: { email: "dick@wayne.example", connection: "wayne-okta", memberships: { wayne: "member" } },
  outsider: { email: "harvey@freelance.example", memberships: { wayne: "member" } },
  former: { email: "jason@wayne.example", memberships: { wayne: "removed" } },
  inviter: { email: "tony@stark.example", memberships: { stark: "owner" } },
  intern: { email: "harley@stark.example", memberships: { stark: "member" } },
  fired: { email: "justin@stark.example", memberships: { stark: "removed" } },
  recruit: { email: "pepper@stark.example" },
  guest: { email: "happy@freelance.example" },
  reluctant: { email: "bruce@freelance.example" },
  founder: { email: "willy@wonka.example", connection: "wonka-okta", memberships: { wonka: "owner" } },
  cofounder: { email: "arthur@freelance.example", memberships: { wonka: "owner" } },
  chief: { email: "charlie@wonka.example", memberships: { wonka: "admin" } },
  stranded: { email: "stranded@acme.example", connection: "acme-entra" },
} as const satisfies Readonly<Record<string, TestUser>>;

export type Person = keyof typeof PEOPLE;

export const ALL_PEOPLE: readonly TestUser[] = Object.values(PEOPLE);
