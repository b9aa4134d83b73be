import { domainNames } from "@platform-api/server/adapters";
import {
  type DeclaredOrganization,
  ENTERPRISE_STRATEGIES,
  parseDomain,
  ROLES,
} from "@platform-api/server/domain";
import { isName, NAME_LENGTHS } from "@platform-api/server/wire";
import { z } from "zod";
import { parsed } from "../config/values.ts";
import { emailAddress, FileError, location, organizationId, problemOfEntry } from "./json-file.ts";

/** The database connection that Auth0 makes for each new tenant. */
const DATABASE_CONNECTION = "Username-Password-Authentication";

/**
 * Parses an organizations file. Nothing of it may be applied unless all of it is valid.
 * @param otherStrategies strategies that are not SSO: their connections belong to no customer
 * @throws {FileError}
 */
export function parseOrganizationsFile(
  value: unknown,
  { otherStrategies }: { otherStrategies: ReadonlySet<string> },
): DeclaredOrganization[] {
  const result = fileSchema(otherStrategies).safeParse(value, { error: problemOfEntry });
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${location(path)}: ${message}`);
    throw new FileError("organizations", problems);
  }
  const declared = result.data.organizations.map(toDeclared);
  const problems = contradictions(declared);
  if (problems.length > 0) throw new FileError("organizations", problems);
  return declared;
}

function fileSchema(otherStrategies: ReadonlySet<string>) {
  const name = z
    .string()
    .trim()
    .min(1, { abort: true })
    .max(NAME_LENGTHS.organization, { abort: true })
    .refine((text) => isName("organization", text), {
      error:
        "must not contain what cannot be seen, nor what looks like a web address (http:, //, www.), and must have a letter, digit or symbol, because it stands in mails and on the login page: put a space behind a colon or around a slash",
    });
  const connection = z.strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/, "must be the connection's name in Auth0")
      .refine((each) => !otherStrategies.has(each), {
        error:
          "is the name of a strategy that is not SSO (AUTH0_OTHER_STRATEGIES): rename the connection in Auth0",
      })
      // Once it was registered, and taken away again, it would shut out every password login.
      .refine((each) => each !== DATABASE_CONNECTION, {
        error: "is Auth0's database connection: password logins belong to no organization",
      }),
    strategy: z.string().superRefine((strategy, ctx) => {
      const problem = otherStrategies.has(strategy)
        ? "is not an SSO strategy (AUTH0_OTHER_STRATEGIES): its logins belong to no organization"
        : unknownStrategy(strategy);
      if (problem !== null) ctx.addIssue({ code: "custom", message: problem });
    }),
    displayName: name,
  });
  const organization = z.strictObject({
    id: organizationId,
    name: name.optional(),
    auth0OrgId: z
      .string()
      .regex(/^org_[A-Za-z0-9]{1,64}$/, "must be Auth0's id, org_…")
      .nullable()
      .optional(),
    jit: z.boolean().optional(),
    defaultRole: z.enum(ROLES).optional(),
    enforceSso: z.boolean().optional(),
    closing: z
      .literal("operators", { error: 'must be "operators", or left out: then its owners can close it' })
      .optional(),
    lock: z.boolean().default(true),
    domains: z.array(customerDomain).default([]),
    connections: z.array(connection).default([]),
    members: z.array(z.strictObject({ email: emailAddress, role: z.enum(ROLES) })).optional(),
    trusts: z.array(organizationId).default([]),
  });
  return z.strictObject({ organizations: z.array(organization) });
}

/** A misspelled strategy would match no subject: its users would be refused for no visible reason. */
function unknownStrategy(strategy: string): string | null {
  if (ENTERPRISE_STRATEGIES.includes(strategy)) return null;
  const start = strategy.toLowerCase().slice(0, 3);
  const close = start.length < 3 ? [] : ENTERPRISE_STRATEGIES.filter((known) => known.startsWith(start));
  const suggestion = close.length === 0 ? "" : `did you mean ${close.join(" or ")}? `;
  return `is not an enterprise strategy of Auth0: ${suggestion}it must be one of ${ENTERPRISE_STRATEGIES.join(", ")}`;
}

type FileOrganization = z.output<ReturnType<typeof fileSchema>>["organizations"][number];

function toDeclared({ domains, connections, members, ...rules }: FileOrganization): DeclaredOrganization {
  return {
    organization: {
      id: rules.id,
      trusts: rules.trusts,
      ...(rules.auth0OrgId !== undefined && { auth0OrgId: rules.auth0OrgId }),
      ...(rules.name !== undefined && { name: rules.name }),
      ...(rules.jit !== undefined && { jit: rules.jit }),
      ...(rules.defaultRole !== undefined && { defaultRole: rules.defaultRole }),
      ...(rules.enforceSso !== undefined && { enforceSso: rules.enforceSso }),
      ...(rules.closing !== undefined && { isClosedByOperators: true }),
      ...(!rules.lock && { isBeginning: true }),
    },
    domains,
    connections: connections.map((connection) => ({ ...connection, organizationId: rules.id })),
    invitations: members ?? null,
  };
}

/** A domain that one customer can own: neither a mail provider's nor one under which anyone can register names. */
const customerDomain = parsed(parseDomain, "is not a domain such as acme.example").superRefine(
  (domain, ctx) => {
    const problem = domainNames.problemOf(domain);
    if (problem !== null) ctx.addIssue({ code: "custom", message: problem });
  },
);

function contradictions(declared: readonly DeclaredOrganization[]): string[] {
  const connectionNames = declared.flatMap(({ connections }) => connections.map(({ name }) => name));
  const auth0OrgIds = declared.flatMap(({ organization: { auth0OrgId } }) => auth0OrgId ?? []);
  const ids = declared.map(({ organization }) => organization.id);
  const problems = [
    ...repeated("organization", ids),
    ...repeated("connection", connectionNames),
    ...repeated("auth0OrgId", auth0OrgIds),
  ];
  for (const { organization, domains, invitations } of declared) {
    const { id, trusts } = organization;
    const invited = (invitations ?? []).map(({ email }) => email);
    problems.push(...repeated(`${id}: domain`, domains));
    problems.push(...repeated(`${id}: member`, invited));
    problems.push(...repeated(`${id}: trusted organization`, trusts));
    if (trusts.includes(id)) problems.push(`${id}: trusts names the organization itself: leave it out`);
  }
  return problems;
}

function repeated(what: string, names: readonly string[]): string[] {
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set(twice)].map((name) => `${what} ${name} appears in the file more than once`);
}
