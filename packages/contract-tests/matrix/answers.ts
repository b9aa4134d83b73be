import { admitted } from "./membership.ts";
import { type Answer, type Asked, BEGUN, type Branch, membershipsOf, type Progress } from "./phase.ts";
import { mayBeInside, provenTo, trustOf } from "./rules.ts";
import { memberKey, type State } from "./state.ts";
import {
  type Address,
  domainOf,
  ORGANIZATIONS,
  type Organization,
  organizationOf,
  type User,
} from "./vocabulary.ts";

/** Whether joining is offered, by what the process remembers and by what is stored. */
export function offer(state: State, progress: Progress, asked: Asked): readonly Branch[] {
  const { user } = progress;
  const { call, setup } = asked;
  if (user === null || call.name !== "join") return [[state, progress]];
  return membershipsOf(state, user, asked).map((memberships) => {
    const views = [
      { ...asked, setup, memberships },
      { ...asked, setup: state.setup, memberships: state.memberships },
    ];
    const offered = views.every((view) => isOffered(user, call.organization, view));
    return [state, { ...progress, offered }];
  });
}

/** The procedure's own work and its answer. */
export function answer(state: State, { user, offered }: Progress, asked: Asked): readonly Branch[] {
  if (user === null) return [];
  return membershipsOf(state, user, asked).flatMap((memberships) =>
    answers(state, user, { ...asked, memberships, offered }).map(
      ([next, given]): Branch => [next, { ...BEGUN, user, answer: given }],
    ),
  );
}

interface Answering extends Asked {
  readonly memberships: State["memberships"];
  readonly offered: boolean;
}

function answers(state: State, user: User, asked: Answering): readonly (readonly [State, Answer])[] {
  const { login, call, setup, memberships } = asked;
  const own = organizationOf(setup, login);
  const active = (organization: Organization | null) => {
    const membership = organization === null ? undefined : memberships[memberKey(organization, user)];
    return membership?.status === "active" ? membership : undefined;
  };
  const organizationId = active(own) === undefined ? null : own;
  switch (call.name) {
    case "validate":
      return emails(asked).map((email) => [state, { user, email, organizationId }]);
    case "check": {
      const membership = active(call.organization);
      const counts = membership !== undefined && !isSsoRequired(call.organization, user, asked);
      return [[state, { allowed: counts, role: counts ? membership.role : null, actor: null }]];
    }
    case "join":
      return join(state, user, call.organization, asked);
    case "me": {
      const organizations = ORGANIZATIONS.flatMap((organization) => {
        const role = active(organization)?.role;
        if (role === undefined) return [];
        return [{ organization, role, ssoRequired: isSsoRequired(organization, user, asked) }];
      });
      return emails(asked).flatMap((email) =>
        joinable(state, user, asked).map((list): [State, Answer] => [
          state,
          { user, email, organizationId, organizations, joinable: list },
        ]),
      );
    }
  }
}

function emails({ setup, login, process }: Answering): readonly (Address | null)[] {
  const trust = trustOf(setup, login, process);
  if (trust === "trusted") return [login.address];
  return trust === "let through" ? [login.address, null] : [null];
}

function isSsoRequired(
  organization: Organization,
  user: User,
  { setup, login, memberships }: Answering,
): boolean {
  if (!setup.settings[organization].enforceSso || organizationOf(setup, login) === organization) return false;
  const membership = memberships[memberKey(organization, user)];
  const outside = membership?.outside === true && membership.address !== null;
  return !(outside && !setup.verifiers[domainOf(membership.address)].includes(organization));
}

/** Every list that may be offered. */
function joinable(state: State, user: User, asked: Answering): readonly (readonly Organization[])[] {
  const offers = ORGANIZATIONS.filter((organization) => isOffered(user, organization, asked));
  const verdicts = offers.map((organization) =>
    mayBeInside(state.setup, state.speakers[user] ?? null, organization),
  );
  const sure = offers.filter((_, index) => verdicts[index] === "yes");
  const unsure = offers.filter((_, index) => verdicts[index] === "maybe");
  const subsets = unsure.reduce<Organization[][]>(
    (lists, each) => lists.flatMap((list) => [list, [...list, each]]),
    [[]],
  );
  return subsets.map((subset) => [...sure, ...subset].sort());
}

function isOffered(user: User, organization: Organization, asked: Omit<Answering, "offered">): boolean {
  const { setup, login, process, memberships } = asked;
  const { jit, enforceSso } = setup.settings[organization];
  return (
    login.address !== null &&
    trustOf(setup, login, process) === "trusted" &&
    setup.verifiers[domainOf(login.address)].includes(organization) &&
    provenTo(setup, login).includes(organization) &&
    jit &&
    memberships[memberKey(organization, user)] === undefined &&
    !(enforceSso && organizationOf(setup, login) !== organization)
  );
}

function join(state: State, user: User, organization: Organization, asked: Answering) {
  const refusal = [state, { refused: "NOT_JOINABLE" }] as const;
  const { address } = asked.login;
  if (address === null || !asked.offered) return [refusal];
  const joined = (next: State) => {
    const membership = next.memberships[memberKey(organization, user)];
    if (membership?.status !== "active") return refusal;
    return [next, { organization, user, role: membership.role, status: "active" }] as const;
  };
  // A concurrent request has created the membership since it was offered, and that membership is the answer.
  if (state.memberships[memberKey(organization, user)] !== undefined) return [joined(state), refusal];
  return admitted(state, { user, organization, address, role: "member", inside: true }).map(joined);
}
