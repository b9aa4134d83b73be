import {
  AUDIT_ACTIONS,
  canonicalDomain,
  canonicalEmail,
  canonicalUserId,
  isOrganizationName as isName,
  isUserId,
  ORGANIZATION_NAME_RULE,
  ROLES,
} from "@platform-api/server/wire";
import { isOrganizationName } from "../options.ts";
import type { Inputs } from "./procedures.ts";
import { Refused } from "./refused.ts";

type Members = Inputs["org"]["members"];
type Connections = Inputs["org"]["connections"];
type Invitations = Inputs["org"]["invitations"];

/** What is wrong with a value; null for a valid one, as the type says. */
interface Field<T> {
  readonly problem: string;
  read(value: unknown): T | null;
}

/** The fields of an input. */
class Fields {
  readonly #fields: Readonly<Record<string, unknown>>;

  /** @throws {Refused} INPUT_INVALID for an input that is not an object; with `known`, also for another field */
  constructor(value: unknown, known?: readonly string[]) {
    if (typeof value !== "object" || value === null)
      throw inputProblem("input: Invalid input: expected object");
    this.#fields = { ...value };
    const other = Object.keys(this.#fields).find((name) => known?.includes(name) === false);
    if (other !== undefined) throw inputProblem(`input: Unrecognized key: "${other}"`);
  }

  /** @throws {Refused} INPUT_INVALID */
  required<T>(name: string, { read, problem }: Field<T>): T {
    const value = read(this.#fields[name]);
    if (value === null) throw inputProblem(`${name}: ${problem}`);
    return value;
  }

  /** @throws {Refused} INPUT_INVALID */
  optional<T>(name: string, field: Field<T>): T | undefined {
    return this.#fields[name] === undefined ? undefined : this.required(name, field);
  }
}

function inputProblem(problem: string): Refused {
  return new Refused("INPUT_INVALID", { problem });
}

const organizationId: Field<string> = {
  problem: "1 to 256 characters",
  read: (value) => (isOrganizationName(value) ? value : null),
};
const email: Field<string> = {
  problem: "not an e-mail address such as jane@acme.example",
  read: (value) => (typeof value === "string" ? canonicalEmail(value) : null),
};
function oneOf<const T extends string>(...options: readonly T[]): Field<T> {
  return {
    problem: `Invalid option: expected one of ${options.map((option) => `"${option}"`).join("|")}`,
    read: (value) => options.find((option) => option === value) ?? null,
  };
}

const role = oneOf(...ROLES);
const grantedByDefault = oneOf("member", "admin");
const status = oneOf("active", "removed");
const state = oneOf("open", "accepted", "expired", "void", "revoked", "declined");
const action = oneOf(...AUDIT_ACTIONS);
const order = oneOf("newest", "oldest");
const userId: Field<string> = { problem: "must be a UUID", read: canonicalUserId };
const userIds: Field<string[]> = {
  problem: "1 to 100 UUIDs",
  read(value) {
    const ids = Array.isArray(value) ? value.map(canonicalUserId) : [];
    const known = ids.filter((id) => id !== null);
    return known.length > 0 && known.length <= 100 && known.length === ids.length ? known : null;
  },
};
const limit: Field<number> = {
  problem: "an integer from 1 to 100",
  read: (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 100 ? value : null,
};
const flag: Field<boolean> = {
  problem: "Invalid input: expected boolean",
  read: (value) => (typeof value === "boolean" ? value : null),
};
const organizationName: Field<string> = {
  problem: ORGANIZATION_NAME_RULE,
  read: (value) => (typeof value === "string" && isName(value) ? value : null),
};
const textUpTo = (length: number): Field<string> => ({
  problem: `at most ${length} characters`,
  read: (value) => (typeof value === "string" && value.length <= length ? value : null),
});

const nonEmptyUpTo = (length: number): Field<string> => ({
  problem: `1 to ${length} characters`,
  read: (value) => (value === "" ? null : textUpTo(length).read(value)),
});
const connectionName = nonEmptyUpTo(128);
const domain: Field<string> = {
  problem: "must be a domain, such as acme.example",
  read: (value) => (typeof value === "string" && value.length <= 1_000 ? canonicalDomain(value) : null),
};

/** One that is not valid is not refused: it is not invited. */
const address = textUpTo(1_000);
const addresses: Field<string[]> = {
  problem: "1 to 100 addresses",
  read(value) {
    const given: unknown[] = Array.isArray(value) ? value : [];
    const known = given.map(address.read).filter((each) => each !== null);
    return known.length > 0 && known.length <= 100 && known.length === given.length ? known : null;
  },
};
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
const instant: Field<string> = {
  problem: "Invalid ISO datetime",
  read: (value) =>
    typeof value === "string" && ISO.test(value) && !Number.isNaN(Date.parse(value)) ? value : null,
};
const actor: Field<string> = {
  problem: "must be login, system, operator, or user: and a user id",
  read(value) {
    if (typeof value !== "string") return null;
    const isKnown = ["login", "system", "operator"].includes(value);
    return isKnown || (value.startsWith("user:") && isUserId(value.slice("user:".length))) ? value : null;
  },
};

export function checkInput(value: unknown): Inputs["auth"]["check"] {
  const fields = new Fields(value, ["organizationId", "role"]);
  const required = fields.optional("role", role);
  return { ...inOrganization(fields), ...(required !== undefined && { role: required }) };
}

export function joinInput(value: unknown): Inputs["org"]["join"] {
  return inOrganization(new Fields(value));
}

export function emailInput(value: unknown): Inputs["discover"]["byEmail"] {
  return { email: new Fields(value).required("email", email) };
}

export function organizationInput(value: unknown): Inputs["org"]["get"] {
  return inOrganization(new Fields(value, ["organizationId"]));
}

export function updateInput(value: unknown): Inputs["org"]["update"] {
  const fields = new Fields(value, ["organizationId", "name", "jit", "defaultRole", "enforceSso"]);
  return {
    ...inOrganization(fields),
    name: fields.optional("name", organizationName),
    jit: fields.optional("jit", flag),
    defaultRole: fields.optional("defaultRole", grantedByDefault),
    enforceSso: fields.optional("enforceSso", flag),
  };
}

export function listInput(value: unknown): Members["list"] {
  const fields = new Fields(value, ["organizationId", "query", "role", "status", "cursor", "limit"]);
  return {
    ...inOrganization(fields),
    query: fields.optional("query", textUpTo(254)),
    role: fields.optional("role", role),
    status: fields.optional("status", status),
    ...partOf(fields),
  };
}

export function invitationsInput(value: unknown): Invitations["list"] {
  const fields = new Fields(value, ["organizationId", "state", "cursor", "limit"]);
  return { ...inOrganization(fields), state: fields.optional("state", state), ...partOf(fields) };
}

export function inviteInput(value: unknown): Invitations["create"] {
  const fields = new Fields(value, ["organizationId", "emails", "role"]);
  const emails = fields.required("emails", addresses);
  return { ...inOrganization(fields), emails, role: fields.required("role", role) };
}

export function invitationInput(value: unknown): Invitations["revoke"] {
  const fields = new Fields(value, ["organizationId", "email"]);
  return { ...inOrganization(fields), email: fields.required("email", address) };
}

export function auditInput(value: unknown): Inputs["org"]["audit"]["list"] {
  const filter = ["since", "until", "actor", "person", "action", "order"];
  const fields = new Fields(value, ["organizationId", ...filter, "cursor", "limit"]);
  return {
    ...inOrganization(fields),
    since: fields.optional("since", instant),
    until: fields.optional("until", instant),
    actor: fields.optional("actor", actor),
    person: fields.optional("person", userId),
    action: fields.optional("action", action),
    order: fields.optional("order", order),
    ...partOf(fields),
  };
}

export function domainInput(value: unknown): Inputs["org"]["domains"]["check"] {
  const fields = new Fields(value, ["organizationId", "domain"]);
  return { ...inOrganization(fields), domain: fields.required("domain", textUpTo(1_000)) };
}

export function claimInput(value: unknown): Inputs["org"]["domains"]["claim"] {
  const fields = new Fields(value, ["organizationId", "domain"]);
  return { ...inOrganization(fields), domain: fields.required("domain", domain) };
}

export function beginInput(value: unknown): Connections["begin"] {
  const fields = new Fields(value, ["organizationId", "displayName"]);
  return { ...inOrganization(fields), displayName: fields.required("displayName", organizationName) };
}

export function connectionInput(value: unknown): Connections["get"] {
  const fields = new Fields(value, ["organizationId", "name"]);
  return { ...inOrganization(fields), name: fields.required("name", connectionName) };
}

export function connectionChangeInput(value: unknown): Connections["update"] {
  const fields = new Fields(value, ["organizationId", "name", "displayName", "enabled"]);
  return {
    ...inOrganization(fields),
    name: fields.required("name", connectionName),
    displayName: fields.optional("displayName", organizationName),
    enabled: fields.optional("enabled", flag),
  };
}

export function connectionTestInput(value: unknown): Connections["test"] {
  const fields = new Fields(value, ["organizationId", "name", "token"]);
  return {
    ...inOrganization(fields),
    name: fields.required("name", connectionName),
    token: fields.required("token", nonEmptyUpTo(8_192)),
  };
}

export function lookupInput(value: unknown): Members["lookup"] {
  const fields = new Fields(value, ["organizationId", "userIds"]);
  return { ...inOrganization(fields), userIds: fields.required("userIds", userIds) };
}

export function setRoleInput(value: unknown): Members["setRole"] {
  const fields = new Fields(value, ["organizationId", "userId", "role", "expectedRole"]);
  return {
    ...inOrganization(fields),
    userId: fields.required("userId", userId),
    role: fields.required("role", role),
    expectedRole: fields.optional("expectedRole", role),
  };
}

export function memberInput(value: unknown): Members["remove"] {
  const fields = new Fields(value, ["organizationId", "userId"]);
  return { ...inOrganization(fields), userId: fields.required("userId", userId) };
}

function inOrganization(fields: Fields): Inputs["org"]["join"] {
  return { organizationId: fields.required("organizationId", organizationId) };
}

/** Which part of a list. */
function partOf(fields: Fields): { cursor: string | undefined; limit: number | undefined } {
  return { cursor: fields.optional("cursor", textUpTo(4_096)), limit: fields.optional("limit", limit) };
}
