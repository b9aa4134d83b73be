import { rememberedLinks } from "./memory.ts";
import { type Asked, BEGUN, type Branch, membershipsOf, type Progress } from "./phase.ts";
import { firstLink, trustOf } from "./rules.ts";
import { type Link, memberKey, type State, seatKey, withoutRow, withRow } from "./state.ts";
import {
  connectionOf,
  lastOwnerOf,
  organizationOf,
  type Request,
  type Setup,
  seatOf,
  subjectOf,
  type User,
} from "./vocabulary.ts";

function refused(state: State, reason: string): Branch {
  return [state, { ...BEGUN, answer: { refused: reason } }];
}

/** The user of a linked subject, or otherwise the user that it will be linked to. */
export function resolve(state: State, _: Progress, asked: Asked): readonly Branch[] {
  if (isTakenAway(asked.setup, asked)) return [refused(state, "DOMAIN_NOT_ALLOWED")];
  const links = asked.remembers
    ? rememberedLinks(asked.memory, state, asked.login)
    : [state.links[subjectOf(asked.login)]];
  return links.flatMap((link) =>
    link === undefined ? ensure(state, asked) : answerLink(state, link, asked),
  );
}

function answerLink(state: State, link: Link, asked: Asked): readonly Branch[] {
  const { login, setup } = asked;
  if (login.claimedUser !== null && login.claimedUser !== link.user) {
    return [refused(state, "IDENTITY_CONFLICT")];
  }
  // Report mode lets a login through whose connection is off. What has moved before stays moved.
  const connection = connectionOf(login);
  const organization = connection === null ? null : lastOwnerOf(setup, connection);
  const accepted = standing(state, link.user, asked);
  if (organization === null || organization === link.organization) return accepted;
  const conflict = refused(state, "IDENTITY_CONFLICT");
  // Linked without an organization, by report mode. The contract does not say whether that is a move.
  return link.organization === null ? [conflict, ...accepted] : [conflict];
}

/** Refuses an SSO login whose connection is not registered, except in report mode. */
function isTakenAway(setup: Setup, { login, process }: Request): boolean {
  return connectionOf(login) !== null && organizationOf(setup, login) === null && process !== "report mode";
}

/** Refuses a first link by what the process remembers or by what is stored. Otherwise the directory has the user. */
function ensure(state: State, asked: Asked): readonly Branch[] {
  const { login, process, claimedUser, address } = { ...asked, ...asked.login };
  if (address === null && claimedUser === null) return [refused(state, "EMAIL_MISSING")];
  for (const setup of [asked.setup, state.setup]) {
    if (isTakenAway(setup, asked)) return [refused(state, "DOMAIN_NOT_ALLOWED")];
    const trust = trustOf(setup, login, process);
    if (address !== null && trust !== "trusted" && trust !== "let through") return [refused(state, trust)];
  }
  if (claimedUser !== null) return [[state, { ...BEGUN, candidate: claimedUser }]];
  if (address === null) return [];
  const isThere = state.creators[address] !== undefined;
  const creators = isThere ? state.creators : withRow(state.creators, address, subjectOf(login));
  return [
    [
      { ...state, creators },
      { ...BEGUN, candidate: address },
    ],
  ];
}

/** Decides a first link by what is stored. */
export function link(state: State, progress: Progress, asked: Asked): readonly Branch[] {
  const { candidate: user } = progress;
  if (user === null) return [[state, progress]];
  const { login, process } = asked;
  const connection = connectionOf(login);
  const [verdict, speakers] = firstLink(state.setup, state.speakers[user] ?? null, {
    login,
    trust: trustOf(state.setup, login, process),
    // One of several concurrent first requests creates the user, and for all of them the user is new.
    created: login.claimedUser === null && state.creators[user] === subjectOf(login),
    windowFrom: connection === null ? null : (state.windows[connection]?.from ?? null),
  });
  const spoken = { ...state, speakers: withRow(state.speakers, user, speakers) };
  const winner = state.links[subjectOf(login)];
  if (winner !== undefined) {
    // The losing login may already be stored as a speaker of a user that it is not linked to.
    const left = verdict === "no" || winner.user === user ? [state] : [state, spoken];
    return left.flatMap((each) => answerLink(each, winner, asked));
  }
  const conflict = refused(state, "IDENTITY_CONFLICT");
  const linked = [...linkAtSeat(spoken, user, asked), ...(isSeatTaken(state, user, asked) ? [conflict] : [])];
  if (verdict === "yes") return linked;
  return verdict === "no" ? [conflict] : [conflict, ...linked];
}

function isSeatTaken({ seats }: State, user: User, { login }: Request): boolean {
  const holder = seats[seatKey(seatOf(login), user)];
  return holder !== undefined && holder.subject !== subjectOf(login);
}

function linkAtSeat(state: State, user: User, asked: Asked): readonly Branch[] {
  const { login } = asked;
  const [seat, subject] = [seatOf(login), subjectOf(login)];
  const key = seatKey(seat, user);
  const window = seat === "auth0" ? null : (state.windows[seat]?.serial ?? null);
  const made: Link = { user, seat, organization: organizationOf(state.setup, login), address: login.address };
  const links = withRow(state.links, subject, made);
  if (!isSeatTaken(state, user, asked)) {
    const row = state.seats[key] ?? { subject, takenOver: null, taken: window };
    return standing({ ...state, links, seats: withRow(state.seats, key, row) }, user, asked);
  }
  const holder = state.seats[key];
  const conflict = refused(state, "IDENTITY_CONFLICT");
  if (holder === undefined || window === null || holder.takenOver === window) return [conflict];
  const sameAddress = state.links[holder.subject]?.address === login.address;
  if (!sameAddress || trustOf(state.setup, login, asked.process) !== "trusted") return [conflict];
  const row = { subject, takenOver: window, taken: window };
  const over = {
    ...state,
    links: withoutRow(links, holder.subject),
    seats: withRow(state.seats, key, row),
  };
  const taken = standing(over, user, asked);
  return holder.taken === window ? [conflict, ...taken] : taken;
}

/** Refuses a user who was removed from the token's organization. */
function standing(state: State, user: User, asked: Asked): readonly Branch[] {
  const organization = organizationOf(asked.setup, asked.login);
  return membershipsOf(state, user, asked).map((memberships) => {
    const removed = organization !== null && memberships[memberKey(organization, user)]?.status === "removed";
    return removed ? refused(state, "MEMBERSHIP_REMOVED") : [state, { ...BEGUN, user }];
  });
}
