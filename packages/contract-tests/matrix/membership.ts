import type { Asked, Branch, Phase } from "./phase.ts";
import { mayBeInside, provenTo, trustOf } from "./rules.ts";
import { type Invitation, memberKey, type State, withRow } from "./state.ts";
import { type Address, domainOf, type Organization, organizationOf, type User } from "./vocabulary.ts";

/** Updates a user's membership before the request is answered. */
export function grantAt(organization: Organization): Phase {
  return (state, progress, asked) => {
    const { user } = progress;
    const { call, login, setup } = asked;
    if (user === null) return [];
    const unchanged: Branch = [state, progress];
    if (!isTried(state, organization, asked)) return [unchanged];
    const must =
      call.name === "me" ||
      ("organization" in call
        ? call.organization === organization
        : organizationOf(setup, login) === organization);
    const granted = grants(state, user, organization, asked).map((each): Branch => [each, progress]);
    return must ? granted : [unchanged, ...granted];
  };
}

/** Whether the process needs to read the store. */
function isTried(
  { invitations }: State,
  organization: Organization,
  { setup, login, process }: Asked,
): boolean {
  if (login.address === null || trustOf(setup, login, process) !== "trusted") return false;
  if (!provenTo(setup, login).includes(organization)) return false;
  const invitation = invitations[memberKey(organization, login.address)];
  const isJit = organizationOf(setup, login) === organization && setup.settings[organization].jit;
  return isJit || isOpen(invitation);
}

function isOpen(invitation: Invitation | undefined): boolean {
  return invitation !== undefined && invitation.state !== "accepted";
}

/** Applies an invitation, or otherwise JIT, by what is stored. */
function grants(state: State, user: User, organization: Organization, asked: Asked): readonly State[] {
  const { login, process } = asked;
  const { setup } = state;
  const { address } = login;
  if (address === null || trustOf(setup, login, process) !== "trusted") return [state];
  if (!provenTo(setup, login).includes(organization)) return [state];
  const key = memberKey(organization, address);
  const invitation = state.invitations[key];
  if (state.memberships[memberKey(organization, user)] !== undefined) {
    if (invitation === undefined || !isOpen(invitation)) return [state];
    return [{ ...state, invitations: withRow(state.invitations, key, { ...invitation, state: "any" }) }];
  }
  const isInside = setup.verifiers[domainOf(address)].includes(organization);
  const isJit = organizationOf(setup, login) === organization && setup.settings[organization].jit && isInside;
  const jit = isJit
    ? admitted(state, { user, organization, address, role: "member", inside: true })
    : [state];
  if (invitation === undefined || !isOpen(invitation)) return jit;
  const accepted: State = {
    ...state,
    invitations: withRow(state.invitations, key, { ...invitation, state: "accepted" }),
  };
  const { outside } = invitation;
  // What counts is whether the domain is the organization's now, not whether it was when they were invited.
  const made = admitted(accepted, {
    user,
    organization,
    address,
    role: "admin" as const,
    inside: isInside,
    outside,
  }).map((each) => (each === accepted ? state : each));
  return invitation.state === "any" ? [...made, ...jit] : made;
}

interface Admission {
  readonly user: User;
  readonly organization: Organization;
  readonly address: Address;
  readonly role: "member" | "admin";
  readonly inside: boolean;
  readonly outside?: boolean;
}

/** Adds the membership unless the user's speakers forbid it. */
export function admitted(state: State, { user, organization, ...admission }: Admission): readonly State[] {
  const { inside, address, role, outside = false } = admission;
  const key = memberKey(organization, user);
  const membership = { role, status: "active" as const, address, outside };
  const member = { ...state, memberships: withRow(state.memberships, key, membership) };
  if (!inside) return [member];
  const stored = state.speakers[user] ?? null;
  const verdict = mayBeInside(state.setup, stored, organization);
  if (verdict === "no") return [state];
  const before = stored ?? { by: null, sso: null, inside: [], open: false, allowed: null };
  const domain = domainOf(address);
  const others = before.inside.filter((each) => each.organization !== organization || each.domain !== domain);
  const places = [...others, { organization, domain }];
  const byName = (a: (typeof places)[number], b: (typeof places)[number]) =>
    a.organization.localeCompare(b.organization) || a.domain.localeCompare(b.domain);
  const speakers = { ...before, inside: places.sort(byName) };
  const spoken = { ...member, speakers: withRow(state.speakers, user, speakers) };
  return verdict === "maybe" ? [state, spoken] : [spoken];
}
