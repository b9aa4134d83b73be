import { type AuditAction, canonicalUserId, includesRole, type Role } from "@platform-api/server/wire";
import { type Recorded, record } from "./audit.ts";
import { pageOf } from "./cursor.ts";
import { FROM_ANY_APPLICATION, organizationProcedure, type RequestContext, t } from "./init.ts";
import {
  listInput,
  lookupInput,
  memberInput,
  organizationInput,
  setRoleInput,
  updateInput,
} from "./inputs.ts";
import {
  changeSettings,
  givenIn,
  type Login,
  type Membership,
  type Organization,
  ssoConnectionOf,
  type User,
} from "./people.ts";
import type { ProcedureOutput } from "./procedures.ts";
import { Refused } from "./refused.ts";

const MAX_SHOWN_OWNERS = 3;
const MAX_OWNERS = 20;
/** Seven days. */
const TEST_AGE_MS = 604_800_000;

type Member = ProcedureOutput<"org.members.setRole">;

/** Who calls a procedure in an organization. */
export interface Caller extends Pick<RequestContext, "users">, Login {
  readonly organization: Organization;
  readonly role: Role;
}

export const organizationProcedures = {
  get: organizationProcedure("member", organizationInput).query(({ ctx }): ProcedureOutput<"org.get"> => {
    const owners = membersOf(ctx).filter(isOwner).slice(0, MAX_SHOWN_OWNERS);
    return { ...viewOf(ctx.organization), owners: owners.map(({ user: { email } }) => email) };
  }),

  update: organizationProcedure("admin", updateInput).mutation(
    ({ ctx, input }): ProcedureOutput<"org.update"> => {
      const { organization, role } = ctx;
      const { locked } = organization;
      const given = givenIn(input);
      const changed = given.filter((name) => input[name] !== organization[name]);
      const isAllowed = role === "owner" || given.every((name) => name === "name");
      if (!isAllowed || changed.some((name) => locked.includes(name))) throw new Refused("ROLE_REQUIRED");
      const enforces = changed.includes("enforceSso") && input.enforceSso === true;
      if (enforces && !isReadyForSso(ctx)) throw new Refused("NOT_READY");
      const values = () => Object.fromEntries(changed.map((name) => [name, organization[name]]));
      const before = values();
      changeSettings(organization, input);
      if (changed.length > 0) recordChange(ctx, { action: "organization-updated", before, after: values() });
      return viewOf(organization);
    },
  ),
};

export const membersRouter = t.router({
  list: organizationProcedure("admin", listInput).query(
    ({ ctx, input }): ProcedureOutput<"org.members.list"> => {
      const { organizationId, query = "", role, status, cursor, limit } = input;
      refuseInUrl(ctx, input.query ?? cursor);
      const userId = canonicalUserId(query);
      const found = membersOf(ctx).filter(({ user, membership }) => {
        const fits = userId === null ? user.email.startsWith(query.toLowerCase()) : user.userId === userId;
        return (
          fits &&
          (role ?? membership.role) === membership.role &&
          (status ?? membership.status) === membership.status
        );
      });
      const list = [organizationId, query.toLowerCase(), role, status];
      const { items, nextCursor } = pageOf(found, placeOf, { list, cursor, limit });
      return { items: items.map(memberOf), nextCursor };
    },
  ),

  lookup: organizationProcedure("member", lookupInput, FROM_ANY_APPLICATION).query(
    ({ ctx, input: { userIds } }): ProcedureOutput<"org.members.lookup"> =>
      membersOf(ctx)
        .filter(({ user }) => userIds.includes(user.userId))
        .map(memberOf)
        .map(({ userId, email, role, status }) => ({ userId, email, role, status }))
        .sort((a, b) => ((a.email ?? "") < (b.email ?? "") ? -1 : 1)),
  ),

  setRole: organizationProcedure("admin", setRoleInput).mutation(({ ctx, input }): Member => {
    const { role, expectedRole } = input;
    return change(ctx, "role-changed", input.userId, (present) => {
      if (!includesRole(ctx.role, role)) throw new Refused("ROLE_REQUIRED");
      if (present.status === "active" && present.role === role) return {};
      if (present.status === "removed" || (expectedRole ?? present.role) !== present.role) {
        throw new Refused("CONFLICT");
      }
      if (role === "owner" && membersOf(ctx).filter(isOwner).length >= MAX_OWNERS) {
        throw new Refused("LIMIT_REACHED");
      }
      return { role };
    });
  }),

  remove: organizationProcedure("admin", memberInput).mutation(
    ({ ctx, input }): Member =>
      change(ctx, "membership-removed", input.userId, ({ status }) =>
        status === "removed" ? {} : { status: "removed", hasLeft: false },
      ),
  ),

  restore: organizationProcedure("admin", memberInput).mutation(
    ({ ctx, input }): Member =>
      change(ctx, "membership-restored", input.userId, ({ status, hasLeft, role }) => {
        if (status === "active") return {};
        if (hasLeft) throw new Refused("CONFLICT");
        return { status: "active", role: role === "owner" ? "admin" : role };
      }),
  ),

  leave: organizationProcedure("member", organizationInput, FROM_ANY_APPLICATION).mutation(
    ({ ctx }): ProcedureOutput<"org.members.leave"> => {
      const own = membersOf(ctx).filter(({ user }) => user === ctx.user);
      const left = { status: "removed", hasLeft: true } as const;
      for (const place of own) store(ctx, "membership-left", place, left);
      return {};
    },
  ),
});

interface Place {
  readonly user: User;
  readonly membership: Membership;
}

export function membersOf({ users, organization }: Pick<Caller, "users" | "organization">): Place[] {
  return [...users].flatMap((user) => {
    const membership = user.standing.get(organization.id);
    return membership === undefined ? [] : [{ user, membership }];
  });
}

/** Changes a member by rank. @throws {Refused} NOT_FOUND, ROLE_REQUIRED, LAST_OWNER */
function change(
  caller: Caller,
  action: AuditAction,
  userId: string,
  decide: (present: Membership) => Partial<Membership>,
): Member {
  const present = membersOf(caller).find(({ user }) => user.userId === userId);
  if (present === undefined) throw new Refused("NOT_FOUND");
  const { role } = present.membership;
  const isBelow = role !== caller.role && includesRole(caller.role, role);
  if (caller.role !== "owner" && !isBelow) throw new Refused("ROLE_REQUIRED");
  return store(caller, action, present, decide(present.membership));
}

/** Stores and records the changes; none are a success. @throws {Refused} LAST_OWNER */
function store(
  caller: Caller,
  action: AuditAction,
  { user, membership }: Place,
  changes: Partial<Membership>,
): Member {
  const { organization } = caller;
  const next = { user, membership: { ...membership, ...changes } };
  const owners = membersOf(caller).filter(isOwner);
  if (!isOwner(next) && owners.length === 1 && owners[0]?.user === user) throw new Refused("LAST_OWNER");
  user.standing.set(organization.id, next.membership);
  if (Object.keys(changes).length > 0) {
    const unlike = ({ role, status }: Membership, other: Membership) => ({
      ...(role !== other.role && { role }),
      ...(status !== other.status && { status }),
    });
    const [before, after] = [unlike(membership, next.membership), unlike(next.membership, membership)];
    recordChange(caller, { action, userId: user.userId, before, after });
  }
  return memberOf(next);
}

/** Records what the caller has changed in the organization. */
export function recordChange(
  { organization, user, clientId: via }: Pick<Caller, "organization" | "user" | "clientId">,
  change: Omit<Recorded, "actor" | "via">,
): void {
  record(organization, { actor: `user:${user.userId}`, via, ...change });
}

function isOwner({ membership: { role, status } }: Place): boolean {
  return role === "owner" && status === "active";
}

function memberOf({ user: { userId, email }, membership }: Place): Member {
  const { hasLeft: _, ...visible } = membership;
  return { userId, email, ...visible };
}

function viewOf(organization: Organization): ProcedureOutput<"org.update"> {
  const { id, name, jit, defaultRole, enforceSso, locked } = organization;
  return { id, name, jit, defaultRole, enforceSso, state: "open", locked: [...locked] };
}

/** Whether SSO can be enforced by somebody whom it does not lock out. */
function isReadyForSso({ organization, user }: Caller): boolean {
  const own = user.ssoOrganization === organization ? ssoConnectionOf(user) : undefined;
  const testedAt = own?.testedAt ?? null;
  const isTested = testedAt !== null && Date.now() - Date.parse(testedAt) <= TEST_AGE_MS;
  return organization.domains.length > 0 && isTested;
}

/** Where a member stands in the list: the active ones by address, then the removed ones. */
function placeOf({ user: { email }, membership: { status } }: Place): string {
  return `${status} ${email}`;
}

/** @throws {Refused} INPUT_INVALID for a value in a URL that may contain an address */
export function refuseInUrl({ isGet }: Pick<RequestContext, "isGet">, value: string | undefined): void {
  if (isGet && value !== undefined) throw new Refused("INPUT_INVALID", { problem: "send the call as POST" });
}
