import { type Link, type Membership, memberKey, type State } from "./state.ts";
import {
  type Connection,
  connectionOf,
  type Login,
  ORGANIZATIONS,
  type Setup,
  subjectOf,
} from "./vocabulary.ts";

/**
 * What a caching process may still use: any earlier value within the history, independently for each item. Only for
 * connections and domains may it also remember their absence.
 */
export type Memory = readonly State[];

/** The setups that a process may see, if the login can tell them apart. */
export function rememberedSetups(memory: Memory, { setup }: State, login: Login): readonly Setup[] {
  const ofLogin = (connection: Connection) => connection === connectionOf(login);
  const before = [setup, ...memory.map((state) => state.setup)];
  const values = <Value>(pick: (each: Setup) => Value) => distinct(before.map(pick));
  const setups: Setup[] = [];
  for (const xSso of values(({ connections }) => (ofLogin("x-sso") ? connections["x-sso"] : null)))
    for (const ySso of values(({ connections }) => (ofLogin("y-sso") ? connections["y-sso"] : null)))
      for (const shared of values(({ verifiers }) => verifiers.shared))
        for (const xOwn of values(({ connections }) => (ofLogin("x-own") ? connections["x-own"] : null)))
          for (const outside of values(({ verifiers }) => verifiers.outside))
            for (const x of values(({ settings }) => settings.x))
              for (const y of values(({ settings }) => settings.y))
                setups.push({
                  ...setup,
                  connections: { "x-sso": xSso, "y-sso": ySso, "x-own": xOwn },
                  verifiers: { shared, outside },
                  settings: { x, y },
                });
  return setups;
}

/** The links that may decide a subject's answer. `undefined` means no link. */
export function rememberedLinks(memory: Memory, state: State, login: Login): readonly (Link | undefined)[] {
  const subject = subjectOf(login);
  return distinct([state.links[subject], ...memory.flatMap(({ links }) => links[subject] ?? [])]);
}

type Memberships = State["memberships"];

/** The user's memberships that a process may see. */
export function rememberedMemberships(memory: Memory, state: State, user: Link["user"]): Memberships[] {
  let mixtures: Memberships[] = [{}];
  for (const organization of ORGANIZATIONS) {
    const key = memberKey(organization, user);
    const earlier = memory.flatMap(({ memberships }) => memberships[key] ?? []).filter(isActive);
    const values = distinct([state.memberships[key], ...earlier]);
    mixtures = mixtures.flatMap((mixture) =>
      values.map((value) => (value === undefined ? mixture : { ...mixture, [key]: value })),
    );
  }
  return mixtures;
}

function isActive({ status }: Membership): boolean {
  return status === "active";
}

/** Removes duplicates, compared as JSON. */
export function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [JSON.stringify(value) ?? "", value])).values()];
}
