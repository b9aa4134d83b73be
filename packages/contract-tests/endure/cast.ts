import { commandsBy } from "../simulator/commands.ts";
import { FORGE } from "../simulator/forge.ts";
import { createSigningKey, type SigningKey } from "../simulator/issuer.ts";
import { signIn, subjectOf } from "../simulator/tenant-users.ts";
import type { Clients } from "./exchange.ts";
import type { Ledger } from "./ledger.ts";
import { type Call, newPerson, type Person, personRequest, tokenOf, WARM_CALLS } from "./people.ts";
import { type Change, isSuccess } from "./rules.ts";
import { storedFor } from "./stored.ts";
import type { World } from "./world.ts";

const WARM_PEOPLE = 200;
const REMOVED_PEOPLE = 5;
const LEAVING_PEOPLE = 10;
const AT_ONCE = 6;
const ATTEMPTS = 10;

/** Everybody whom a run knows before its load begins. */
export interface Cast {
  /** They have signed in. */
  readonly warm: readonly Person[];
  /** Some of them, who will be removed one after the other. */
  readonly leaving: Iterator<Person>;
  /** They are removed already. */
  readonly removed: readonly Person[];
  /** What is stored for those. */
  readonly removedBefore: readonly string[];
  /** They have signed in, at the identity provider too, and will be blocked and signed out. */
  readonly revocable: Iterator<Person>;
  /** Those of them whose time has come, and once more for the token that each gets after the sign-out. */
  readonly revoked: Person[];
  /** What happens to the connection that is taken away, and so to its people. */
  readonly flux: Change[];
  /** Never used for a request of a whole cast. */
  readonly nobody: Person;
  readonly firstKey: SigningKey;
  readonly nextKey: SigningKey;
  /** Not the tenant's, under the id of its first key. */
  readonly forger: SigningKey;
}

export interface Stage {
  readonly world: World;
  readonly clients: Clients;
  readonly ledger: Ledger;
}

/**
 * Signs people in, removes some of them, and lets both processes run what a request runs until it is compiled.
 * @param revocableCount how many will be blocked and signed out
 */
export async function prepareCast(stage: Stage, revocableCount: number): Promise<Cast> {
  const { world } = stage;
  const warm = Array.from({ length: WARM_PEOPLE }, () => newPerson("regular"));
  const removed = Array.from({ length: REMOVED_PEOPLE }, () => newPerson("leaver"));
  const revocable = await Promise.all(Array.from({ length: revocableCount }, () => userOfProvider(world)));
  const nextKey = createSigningKey(world.stack.issuer.url, "k2");
  await ask(stage, [...warm, ...removed, ...revocable], ["validate"]);
  for (const person of removed) await removeMember(world, person);
  const keys = { firstKey: world.key, nextKey };
  for (const person of [...warm, ...revocable]) presign(person, keys);
  // Each process remembers the people by itself.
  for (const _process of world.processes) await ask(stage, warm, WARM_CALLS);
  return {
    warm,
    removed,
    revocable: revocable.values(),
    revoked: [],
    ...keys,
    flux: [],
    nobody: newPerson("nobody"),
    leaving: warm.slice(0, LEAVING_PEOPLE).values(),
    removedBefore: storedFor(await world.stack.items(), removed),
    forger: createSigningKey(world.stack.issuer.url, "k1"),
  };
}

/** Signs the person's token under both keys now, so that it is as old whichever signs. */
export function presign(person: Person, { firstKey, nextKey }: Pick<Cast, "firstKey" | "nextKey">): Person {
  for (const key of [firstKey, nextKey]) tokenOf(person, key);
  return person;
}

async function userOfProvider({ provider }: World): Promise<Person> {
  const person = newPerson("revoked");
  const { accessToken } = await signIn(provider, person);
  return { ...person, subject: subjectOf(accessToken) };
}

/** Removes a person who has signed in. */
export async function removeMember({ stack }: World, { email }: Person): Promise<void> {
  const user = await stack.directory.findByEmail(email);
  await commandsBy(stack.cli).run("member", "remove", FORGE, user?.id ?? email);
}

async function ask({ world, clients, ledger }: Stage, people: readonly Person[], calls: readonly Call[]) {
  const queue = people.flatMap((person) => calls.map((call) => ({ person, call }))).values();
  const worker = async () => {
    for (const { person, call } of queue) {
      const request = personRequest(person, call, tokenOf(person, world.key), false);
      for (let left = ATTEMPTS; left > 0; left -= 1) {
        const answered = ledger.sent({ person, call, isFirst: false });
        const answer = await clients.send(request);
        answered(answer);
        if (answer.statuses.length > 0 && answer.statuses.every(isSuccess)) break; // otherwise the machine is too busy for the deadlines
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
