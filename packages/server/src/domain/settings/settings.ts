import type { Role } from "../../wire/index.ts";
import { type AuditAction, differenceOf } from "../audit.ts";
import { type Actor, type Administrator, entryBy } from "../membership/standing.ts";
import { missingWayIn, type TestAge, type WayInPorts } from "../membership/ways-in.ts";
import {
  type ChangePorts,
  type Closing,
  findOrganization,
  isClosed,
  LOCKABLE_SETTINGS,
  type Lockable,
  type Organization,
  type Timed,
} from "../organization.ts";
import { type Refusal, refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import { storing, transact } from "../transaction.ts";
import type { UserId } from "../user-id.ts";
import { type Auth0IdPorts, organizationWrites, readAuth0Id } from "./auth0-id.ts";
import { type ClosingPorts, mailOf } from "./closing.ts";

/** The stores without a cache that settings are read from and written to. */
export interface SettingsPorts extends Auth0IdPorts, WayInPorts, TestAge, ChangePorts {}

/** The settings that change; the others stay. Only operators change `auth0OrgId`. */
export interface SettingsChange
  extends Partial<Pick<Organization, "name" | "jit" | "enforceSso" | "auth0OrgId">> {
  readonly defaultRole?: Exclude<Role, "owner">;
}

/**
 * Changes the settings of an organization: an administrator its name, an owner the others.
 * @param login the organization's own connection that the caller's token came through; null for another login, and for
 * an operator
 * @throws {Refusal} ROLE_REQUIRED, also for a setting that an operator's file decides, unless an operator changes it;
 * NOT_READY where enforcing SSO would lock people out; CONFLICT for another organization's `auth0OrgId`
 */
export async function updateOrganization(
  administrator: Administrator,
  { changes, login }: { changes: SettingsChange; login: string | null },
  ports: SettingsPorts,
  signal: AbortSignal,
): Promise<Organization> {
  const { role, userId } = administrator;
  return changeOrganization(administrator, "organization-updated", ports, signal, {
    async read(present) {
      const enforces =
        changes.enforceSso === true && !present.enforceSso && userId !== null && role === "owner";
      const missing = enforces ? await missingWayIn(present, { userId, login }, ports, signal) : null;
      const { auth0OrgId = present.auth0OrgId } = changes;
      return { missing, auth0OrgId };
    },
    decide(present, { missing }, holder) {
      for (const setting of Object.keys(changes)) {
        if (setting !== "name" && role !== "owner")
          throw refusal("ROLE_REQUIRED", `only an owner changes ${setting}`);
      }
      if (userId !== null && changes.auth0OrgId !== undefined)
        throw refusal("ROLE_REQUIRED", "only an operator changes auth0OrgId");
      for (const setting of LOCKABLE_SETTINGS) {
        const isChanged = changes[setting] !== undefined && changes[setting] !== present[setting];
        if (isChanged && userId !== null && present.locked.includes(setting))
          throw refusal("ROLE_REQUIRED", `an operator's file decides ${setting}`);
      }
      if (missing !== null) throw refusal("NOT_READY", missing);
      if (holder !== null) throw taken(holder);
      return changes;
    },
  });
}

const RECORDED = [...LOCKABLE_SETTINGS, "auth0OrgId"] as const;

/**
 * Changes what is recorded of an organization. What holds already is answered.
 * @param change what it relies on besides the organization, with the Auth0 id that is wanted, and what it changes; `holder`
 * is the other organization that has the id
 */
export async function changeOrganization<
  Details extends Pick<Organization, "auth0OrgId">,
  Change extends Partial<Pick<Organization, (typeof RECORDED)[number]>>,
>(
  actor: Actor,
  action: AuditAction,
  ports: SettingsPorts,
  signal: AbortSignal,
  change: {
    readonly read: (present: Organization) => Promise<Details>;
    readonly decide: (present: Organization, details: Details, holder: Organization | null) => Change;
  },
): Promise<Organization & Change> {
  const read = async () => {
    const present = await findOrganization(actor.organization.id, ports, signal);
    const details = await change.read(present);
    const { auth0OrgId } = details;
    const auth0Id = await readAuth0Id({ ...present, auth0OrgId }, present, ports, signal);
    return { present, details, auth0Id, at: ports.now().toISOString() };
  };
  const decide = ({ present, details, auth0Id, at }: Awaited<ReturnType<typeof read>>) => {
    const wanted = { ...present, ...change.decide(present, details, auth0Id.holder) };
    const difference = differenceOf(RECORDED, present, wanted);
    if (difference === null) return { changes: null, result: wanted };
    const next = { ...wanted, rev: newRevision() };
    const entry = entryBy(actor, { at, action, ...difference });
    return storing(organizationWrites(next, present, auth0Id), [entry], next);
  };
  return transact({ read, decide }, ports.transactions, signal);
}

/** An Auth0 organization belongs to one of ours. */
function taken({ id, auth0OrgId }: Organization): Refusal {
  const hint = `auth0OrgId ${auth0OrgId} belongs to organization ${id}: run \`org set ${id} --auth0-org-id none\` first`;
  return refusal("CONFLICT", hint);
}

/** An organization as its members see it. */
export interface OrganizationView
  extends Pick<Organization, "id" | "name" | "jit" | "defaultRole" | "enforceSso" | "state"> {
  /** When it closes, or has closed, and who has asked for that; null while nobody has. */
  readonly closing: {
    readonly closesAt: string;
    /** Null for an operator. */
    readonly requestedBy: UserId | null;
    /** What became of the mails that tell its owners. */
    readonly mail: Closing["mail"];
  } | null;
  readonly locked: Lockable[];
  /** Whether mails are sent, such as those that tell its owners. */
  readonly sendsMail: boolean;
}

export function viewOf(
  organization: Organization,
  { now, outbox }: Timed & Pick<ClosingPorts, "outbox">,
): OrganizationView {
  const { id, name, jit, defaultRole, enforceSso, closing: end, locked } = organization;
  const state = isClosed(organization, { now }) ? "closed" : "open";
  const mail = mailOf(organization, now());
  const closing = end && mail && { closesAt: end.at, requestedBy: end.by, mail };
  const sendsMail = outbox !== null;
  return { id, name, jit, defaultRole, enforceSso, state, closing, locked: [...locked], sendsMail };
}
