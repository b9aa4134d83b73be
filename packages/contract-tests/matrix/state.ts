import type { Speakers } from "./rules.ts";
import { applied, changedSetup } from "./setup-changes.ts";
import {
  type Address,
  type Change,
  type Connection,
  domainOf,
  type Organization,
  type Setup,
  type User,
} from "./vocabulary.ts";

export interface Link {
  readonly user: User;
  readonly seat: Connection | "auth0";
  /** The connection's organization when the link was created. */
  readonly organization: Organization | null;
  readonly address: Address | null;
}

export interface Membership {
  readonly role: "member" | "admin";
  readonly status: "active" | "removed";
  readonly address: Address | null;
  /** Whether the invited address was outside the organization's domains. */
  readonly outside: boolean;
}

/** "any" means that the contract does not say whether it is still open. */
export interface Invitation {
  readonly outside: boolean;
  readonly state: "open" | "accepted" | "any";
}

interface Window {
  readonly serial: number;
  readonly from: Organization | null;
}

interface Seat {
  readonly subject: string;
  /** The relink windows in which the seat was taken over, and in which it was taken. */
  readonly takenOver: number | null;
  readonly taken: number | null;
}

type Table<Value> = Readonly<Record<string, Value>>;

/** Everything that is stored, as plain JSON values. */
export interface State {
  readonly setup: Setup;
  /** The subject whose first login created a user, by user. */
  readonly creators: Table<string>;
  readonly links: Table<Link>;
  /** By `seatKey`. */
  readonly seats: Table<Seat>;
  readonly speakers: Table<Speakers>;
  /** By `memberKey`. */
  readonly memberships: Table<Membership>;
  /** By `memberKey` of the address. */
  readonly invitations: Table<Invitation>;
  readonly windows: Table<Window>;
  readonly windowsOpened: number;
}

export function emptyState(setup: Setup): State {
  const nothing = {
    creators: {},
    links: {},
    seats: {},
    speakers: {},
    memberships: {},
    invitations: {},
    windows: {},
  };
  return { setup, ...nothing, windowsOpened: 0 };
}

export const memberKey = (organization: Organization, user: User) => `${organization} ${user}`;
export const seatKey = (seat: Connection | "auth0", user: User) => `${seat} ${user}`;

/** Adds a row and sorts the keys, so that equal states have equal JSON. */
export function withRow<Value>(table: Table<Value>, key: string, value: Value): Table<Value> {
  return Object.fromEntries(
    Object.entries({ ...table, [key]: value }).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );
}

export function withoutRow<Value>(table: Table<Value>, key: string): Table<Value> {
  return Object.fromEntries(Object.entries(table).filter(([each]) => each !== key));
}

/** Applies a change that the command line accepted. */
export function changed(state: State, change: Change): State {
  switch (change.does) {
    case "invite":
      return invited({ ...state, setup: applied(state.setup) }, change.organization, change.address);
    case "remove member": {
      const key = memberKey(change.organization, change.address);
      const membership = state.memberships[key];
      if (membership === undefined) return state;
      const removed = { ...membership, status: "removed" as const };
      return { ...state, memberships: withRow(state.memberships, key, removed) };
    }
    case "allow": {
      const speakers = state.speakers[change.address] ?? NO_SPEAKERS;
      const opened = { ...speakers, open: true, allowed: change.organization };
      return { ...state, speakers: withRow(state.speakers, change.address, opened) };
    }
    case "relink":
      return relinked(state, change);
    case "open window": {
      const serial = state.windows[change.connection]?.serial ?? state.windowsOpened + 1;
      const window = { serial, from: change.from };
      const windows = withRow(state.windows, change.connection, window);
      return { ...state, windows, windowsOpened: Math.max(state.windowsOpened, serial) };
    }
    case "close window":
      return { ...state, windows: withoutRow(state.windows, change.connection) };
    default:
      return { ...state, setup: changedSetup(state.setup, change) };
  }
}

const NO_SPEAKERS: Speakers = { by: null, sso: null, inside: [], open: false, allowed: null };

function invited(state: State, organization: Organization, address: Address): State {
  const key = memberKey(organization, address);
  if (state.invitations[key] !== undefined) return state;
  const outside = !state.setup.verifiers[domainOf(address)].includes(organization);
  return { ...state, invitations: withRow(state.invitations, key, { outside, state: "open" }) };
}

function relinked(state: State, { address: user, on, to }: Change & { does: "relink" }): State {
  const key = seatKey(on, user);
  const subject = `${on}|${to}`;
  const holder = state.seats[key]?.subject;
  const links = holder === undefined || holder === subject ? state.links : withoutRow(state.links, holder);
  const organization = state.setup.connections[on];
  const link = { user, seat: on, organization, address: state.links[subject]?.address ?? null };
  const serial = state.windows[on]?.serial ?? null;
  const speakers = { ...(state.speakers[user] ?? NO_SPEAKERS), open: true };
  return {
    ...state,
    links: withRow(links, subject, link),
    seats: withRow(state.seats, key, { subject, takenOver: null, taken: serial }),
    speakers: withRow(state.speakers, user, speakers),
  };
}
