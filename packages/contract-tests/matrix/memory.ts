import { type Link, type Membership, memberKey, type State } from "./state.ts";
import { type Connection, connectionOf, type Login, ORGANIZATIONS, subjectOf, type World } from "./world.ts";

/**
 * What a process that remembers may still believe: any value that a thing has had within the history, for each thing by
 * itself. That something was absent is remembered for connections and domains alone.
 */
export type Memory = readonly State[];

/** The worlds that a process may see, as far as this login can tell them apart. */
export function rememberedWorlds(memory: Memory, { world }: State, login: Login): readonly World[] {
  const ofLogin = (connection: Connection) => connection === connectionOf(login);
  const before = [world, ...memory.map((state) => state.world)];
  const values = <Value>(pick: (each: World) => Value) => distinct(before.map(pick));
  const worlds: World[] = [];
  for (const xSso of values(({ connections }) => (ofLogin("x-sso") ? connections["x-sso"] : null)))
    for (const ySso of values(({ connections }) => (ofLogin("y-sso") ? connections["y-sso"] : null)))
      for (const shared of values(({ verifiers }) => verifiers.shared))
        for (const outside of values(({ verifiers }) => verifiers.outside))
          for (const x of values(({ settings }) => settings.x))
            for (const y of values(({ settings }) => settings.y))
              worlds.push({
                connections: { "x-sso": xSso, "y-sso": ySso },
                verifiers: { shared, outside },
                settings: { x, y },
              });
  return worlds;
}

/** The links that a subject may be answered by; undefined stands for none. */
export function rememberedLinks(memory: Memory, state: State, login: Login): readonly (Link | undefined)[] {
  const subject = subjectOf(login);
  return distinct([state.links[subject], ...memory.flatMap(({ links }) => links[subject] ?? [])]);
}

type Memberships = State["memberships"];

/** The person's memberships that a process may see. */
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

/** The values without repetition, compared as JSON. */
export function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [JSON.stringify(value) ?? "", value])).values()];
}
