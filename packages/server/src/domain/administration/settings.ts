import { isDeepStrictEqual } from "node:util";
import type { Role } from "../../wire/index.ts";
import { type AuditEntry, auditEntry, recordActions } from "../audit.ts";
import { LOCKABLE_SETTINGS, type LockableSetting, type Organization } from "../organization.ts";
import { Refusal } from "../refusal.ts";
import { newRevision } from "../revision.ts";
import type { OrganizationStores } from "./administration.ts";
import type { Actor, Administrator, Owner } from "./standing.ts";
import { requireWayIn } from "./ways-in.ts";

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
 * @throws {AuditIncomplete} when the settings are changed without an audit entry
 */
export async function updateOrganization(
  administrator: Administrator,
  { changes, login }: { changes: SettingsChange; login: string | null },
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<Organization> {
  const { role, userId } = administrator;
  return changeOrganization(administrator, "organization-updated", ports, signal, async (present) => {
    const changed = LOCKABLE_SETTINGS.filter(
      (setting) => changes[setting] !== undefined && changes[setting] !== present[setting],
    );
    for (const setting of Object.keys(changes)) {
      if (setting !== "name" && role !== "owner") throw required(`only an owner changes ${setting}`);
    }
    if (userId !== null && changes.auth0OrgId !== undefined)
      throw required("only an operator changes auth0OrgId");
    for (const setting of changed) {
      if (userId !== null && present.locked.includes(setting))
        throw required(`an operator's file decides ${setting}`);
    }
    if (changed.includes("enforceSso") && changes.enforceSso === true && userId !== null) {
      await requireWayIn(present, { userId, login }, ports, signal);
    }
    await requireFreeAuth0Id(present, changes, ports, signal);
    return changes;
  });
}

/**
 * Closes an organization or opens it again: nobody belongs to a closed one, and nothing is deleted.
 * @throws {AuditIncomplete} when it is changed without an audit entry
 */
export async function setState(
  operator: Owner,
  state: Organization["state"],
  ports: OrganizationStores,
  signal: AbortSignal,
): Promise<Organization> {
  const action = state === "closed" ? "organization-closed" : "organization-reopened";
  return changeOrganization(operator, action, ports, signal, async () => ({ state }));
}

/** A call that loses a race starts over. What holds already is answered, and its entry appended again. */
async function changeOrganization(
  { organization: { id }, actor, via }: Actor,
  action: AuditEntry["action"],
  ports: OrganizationStores,
  signal: AbortSignal,
  decide: (present: Organization) => Promise<Partial<Organization>>,
): Promise<Organization> {
  const at = ports.now().toISOString();
  for (;;) {
    const present = await ports.organizations.find(id, signal);
    if (present === null) throw new Refusal("NOT_A_MEMBER", "the organization does not exist any more");
    const wanted = { ...present, ...(await decide(present)) };
    const next = isDeepStrictEqual(wanted, present)
      ? present
      : {
          ...wanted,
          rev: newRevision(),
          change: auditEntry({ at, actor, via, action, organizationId: id, ...difference(present, wanted) }),
        };
    if (next !== present && !(await ports.organizationRegistry.putOrganization(next, present, signal)))
      continue;
    if (next.change !== null) {
      await recordActions([next.change], { audit: ports.audit, actor: next.change.actor }, signal);
    }
    return next;
  }
}

/** An Auth0 organization belongs to one of ours. */
async function requireFreeAuth0Id(
  { id }: Organization,
  { auth0OrgId = null }: SettingsChange,
  { organizations }: OrganizationStores,
  signal: AbortSignal,
): Promise<void> {
  if (auth0OrgId === null) return;
  const holder = await organizations.findByAuth0OrgId(auth0OrgId, signal);
  if (holder === null || holder.id === id) return;
  const hint = `auth0OrgId ${auth0OrgId} belongs to organization ${holder.id}: run \`org set ${holder.id} --auth0-org-id none\` first`;
  throw new Refusal("CONFLICT", "another organization has this auth0OrgId", { hint });
}

const RECORDED = [...LOCKABLE_SETTINGS, "auth0OrgId", "state"] as const;

function difference(before: Organization, after: Organization) {
  const changed = RECORDED.filter((field) => before[field] !== after[field]);
  const pick = (of: Organization) => Object.fromEntries(changed.map((field) => [field, of[field]]));
  return { before: pick(before), after: pick(after) };
}

function required(hint: string): Refusal {
  return new Refusal("ROLE_REQUIRED", hint, { hint });
}

/** An organization as its members see it. */
export interface OrganizationView
  extends Pick<Organization, "id" | "name" | "jit" | "defaultRole" | "enforceSso" | "state"> {
  readonly locked: LockableSetting[];
}

export function viewOf({
  id,
  name,
  jit,
  defaultRole,
  enforceSso,
  state,
  locked,
}: Organization): OrganizationView {
  return { id, name, jit, defaultRole, enforceSso, state, locked: [...locked] };
}
