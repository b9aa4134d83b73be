import type { AuditAction } from "@platform-api/server/wire";
import type { Organizations } from "./belonging.ts";
import { organizationProcedure, t } from "./init.ts";
import {
  beginInput,
  connectionChangeInput,
  connectionInput,
  connectionTestInput,
  organizationInput,
} from "./inputs.ts";
import { type Caller, membersOf, recordChange } from "./organization-router.ts";
import { type Connection, hasVerified, type Organization } from "./people.ts";
import type { ProcedureOutput } from "./procedures.ts";
import { Refused } from "./refused.ts";
import type { SignedIn } from "./tokens.ts";

const MAX_CONNECTIONS = 10;
const SETUP_LIFETIME_MS = 3_600_000;
/** Five minutes. */
const FRESH_MS = 300_000;

type View = ProcedureOutput<"org.connections.get">;
type Test = ProcedureOutput<"org.connections.test">;
type Step = Test["steps"][number];

export const connectionsRouter = t.router({
  list: organizationProcedure("admin", organizationInput).query(
    ({ ctx: { organization } }): ProcedureOutput<"org.connections.list"> =>
      [...organization.connections].sort((a, b) => (a.name < b.name ? -1 : 1)).map(viewOf),
  ),

  begin: organizationProcedure("owner", beginInput).mutation(
    ({ ctx, input: { displayName } }): ProcedureOutput<"org.connections.begin"> => {
      const { organization } = ctx;
      const { domains, connections, id } = organization;
      if (domains.length === 0) throw new Refused("NOT_READY");
      if (connections.some(({ state }) => state === "pending")) throw new Refused("CONFLICT");
      if (connections.length >= MAX_CONNECTIONS) throw new Refused("LIMIT_REACHED");
      const slug = id.toLowerCase().replaceAll(/[._]/g, "-");
      const connection: Connection = {
        name: `${slug}-${crypto.randomUUID().slice(0, 8)}`,
        displayName,
        strategy: null,
        state: "pending",
        waitingFor: null,
        testedAt: null,
        origin: "self-service",
        setUpAs: null,
      };
      organization.connections = [...connections, connection];
      recordConnection(ctx, "connection-begun", connection);
      return {
        ...viewOf(connection),
        setupUrl: `https://auth0.test/self-service/connections-flow?ticket=${crypto.randomUUID()}`,
        setupExpiresAt: new Date(Date.now() + SETUP_LIFETIME_MS).toISOString(),
      };
    },
  ),

  get: organizationProcedure("admin", connectionInput).query(({ ctx, input: { name } }): View => {
    const present = requireConnection(ctx.organization, name);
    const { state, setUpAs } = present;
    if (state !== "pending") return viewOf(present);
    if (setUpAs === null) return viewOf(store(ctx.organization, { ...present, waitingFor: "connection" }));
    const next = { ...present, state: "enabled", strategy: setUpAs, waitingFor: null } as const;
    recordConnection(ctx, "connection-enabled", next);
    return viewOf(store(ctx.organization, next));
  }),

  update: organizationProcedure("admin", connectionChangeInput).mutation(({ ctx, input }): View => {
    const { organization, role } = ctx;
    if (input.enabled !== undefined && role !== "owner") throw new Refused("ROLE_REQUIRED");
    const present = requireConnection(organization, input.name);
    const { displayName = present.displayName, enabled = isEnabled(present) } = input;
    requireOwn(present);
    if (present.state === "pending") throw new Refused("NOT_READY");
    const isSwitched = enabled !== isEnabled(present);
    if (!isSwitched && displayName === present.displayName) return viewOf(present);
    if (isSwitched && !enabled) requireOtherWayIn(ctx, present);
    const state = enabled ? "enabled" : "disabled";
    const testedAt = isSwitched && enabled ? null : present.testedAt;
    const next: Connection = { ...present, displayName, state, testedAt };
    recordConnection(ctx, isSwitched ? `connection-${state}` : "connection-updated", next);
    return viewOf(store(organization, next));
  }),

  test: organizationProcedure("admin", connectionTestInput).mutation(({ ctx, input }): Test => {
    const present = requireConnection(ctx.organization, input.name);
    if (present.state !== "enabled") throw new Refused("NOT_READY");
    const steps = judge(ctx.organization, present, ctx.loginOf(input.token));
    const passed = steps.every(({ ok }) => ok);
    if (passed) {
      store(ctx.organization, { ...present, testedAt: new Date().toISOString() });
      recordConnection(ctx, "connection-tested", present);
    }
    return { passed, steps };
  }),

  remove: organizationProcedure("owner", connectionInput).mutation(
    ({ ctx, input }): ProcedureOutput<"org.connections.remove"> => {
      const { organization } = ctx;
      if (organization.removedConnections.has(input.name)) return {};
      const present = requireConnection(organization, input.name);
      requireOwn(present);
      if (present.state === "enabled") requireOtherWayIn(ctx, present);
      organization.connections = organization.connections.filter(({ name }) => name !== present.name);
      organization.removedConnections.add(present.name);
      recordConnection(ctx, "connection-removed", present);
      return {};
    },
  ),
});

export function isEnabled({ state }: Connection): boolean {
  return state === "enabled";
}

/** Sets up a connection at Auth0, as the wizard does. @throws {TypeError} when no such connection is being set up */
export function setUp(organizations: Organizations, name: string, setUpAs: string): void {
  for (const organization of organizations.values()) {
    const present = organization.connections.find((each) => each.name === name && each.state === "pending");
    if (present === undefined) continue;
    store(organization, { ...present, setUpAs });
    return;
  }
  throw new TypeError("platformHandlers: finishSetup: no such connection is being set up");
}

/** @throws {Refused} NOT_FOUND */
function requireConnection({ connections }: Organization, name: string): Connection {
  const connection = connections.find((each) => each.name === name);
  if (connection === undefined) throw new Refused("NOT_FOUND");
  return connection;
}

/** @throws {Refused} ROLE_REQUIRED for an operator's connection */
function requireOwn({ origin }: Connection): void {
  if (origin === "operator") throw new Refused("ROLE_REQUIRED");
}

/** @throws {Refused} NOT_READY where SSO is enforced, and nobody could sign in without this connection */
function requireOtherWayIn(caller: Caller, { name }: Connection): void {
  const { organization } = caller;
  if (!organization.enforceSso) return;
  const others = organization.connections.filter((each) => isEnabled(each) && each.name !== name);
  const owner = membersOf(caller).find(({ user, membership: { role, status } }) => {
    const isExempt = !hasVerified(organization, user.email);
    const signsInOtherwise = others.some((other) => other.name === user.connection);
    return role === "owner" && status === "active" && (isExempt || signsInOtherwise);
  });
  if (others.length === 0 || owner === undefined) throw new Refused("NOT_READY");
}

/** The rules of a login, in the order in which the server asks them; what follows a failed one is not asked. */
function judge(organization: Organization, { name }: Connection, login: SignedIn | null): Step[] {
  const isOwn = login?.user.ssoOrganization === organization && login.user.connection === name;
  const isFresh = login !== null && Date.now() - login.issuedAt <= FRESH_MS;
  if (!isOwn || !isFresh) {
    const saw = isOwn ? "an older token" : "another token";
    const fix = "Sign in through this connection, and test within five minutes";
    return [{ rule: "A fresh token of this connection", ok: false, saw, fix }];
  }
  const isVerified = hasVerified(organization, login.user.email);
  return [
    { rule: "A fresh token of this connection", ok: true, saw: name, fix: "" },
    {
      rule: "The address is in a verified domain",
      ok: isVerified,
      saw: login.user.email,
      fix: isVerified ? "" : "Verify the domain of the address",
    },
  ];
}

function store(organization: Organization, next: Connection): Connection {
  organization.connections = organization.connections.map((each) => (each.name === next.name ? next : each));
  return next;
}

function viewOf({ setUpAs: _, ...visible }: Connection): View {
  return visible;
}

function recordConnection(caller: Caller, action: AuditAction, { name }: Connection): void {
  recordChange(caller, { action, connection: name });
}
