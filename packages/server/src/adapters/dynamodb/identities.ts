import {
  type EndedSession,
  type IdentityRegistry,
  type LoginId,
  loadsCache,
  loginIdOf,
  noSpeakers,
  type RelinkWindows,
  type SpeakersStore,
} from "../../domain/index.ts";
import { ITEM_TYPES } from "./table/item-types.ts";
import { ItemsOf } from "./table/items.ts";
import { endedSessions, indexKeys, type Key, keys, knownOfLogin } from "./table/keys.ts";
import { queryRaw } from "./table/raw-items.ts";
import { fromItem, type ItemType, type StoredItem } from "./table/stored-item.ts";
import type { DynamoTable } from "./table/table.ts";

const SESSIONS_PER_PAGE = 100;

export function dynamoIdentities(table: DynamoTable): IdentityRegistry {
  const links = new ItemsOf(table, ITEM_TYPES.link);
  const seats = new ItemsOf(table, ITEM_TYPES.seat);
  const blocks = new ItemsOf(table, ITEM_TYPES.block);
  const facts = new ItemsOf(table, ITEM_TYPES.facts);
  const sessions = new ItemsOf(table, ITEM_TYPES.session);
  const signOuts = new ItemsOf(table, ITEM_TYPES.signOut);
  const find: IdentityRegistry["find"] = (key, signal) => links.get(keys.link(loginIdOf(key)), signal);
  const findBlock: IdentityRegistry["findBlock"] = (userId, signal) => blocks.get(keys.block(userId), signal);
  const isBlocked: IdentityRegistry["isBlocked"] = async (userId, signal) =>
    (await findBlock(userId, signal)) !== null;
  const findFacts: IdentityRegistry["findFacts"] = (key, signal) =>
    facts.get(keys.facts(loginIdOf(key)), signal);
  const findSignOut: IdentityRegistry["findSignOut"] = (userId, signal) =>
    signOuts.get(keys.signOut(userId), signal);

  async function findLogin(loginId: LoginId, signal: AbortSignal) {
    const [link, known] = await Promise.all([
      links.get(keys.link(loginId), signal),
      facts.get(keys.facts(loginId), signal),
    ]);
    return { link, facts: known };
  }

  return {
    find,
    findSeat: (seat, signal) => seats.get(keys.seat(seat), signal),
    findBlock,
    isBlocked,
    findFacts,
    findSignOut,
    findSession: (key, signal) => sessions.get(keys.session(loginIdOf(key), key.sid), signal),
    findLogin,

    async findSubject(key, signal) {
      const loginId = loginIdOf(key);
      if (!loadsCache()) return findLogin(loginId, signal);
      // Nothing else is read together with it.
      const items = await queryRaw(table, ITEM_TYPES.link.type, knownOfLogin(loginId), signal);
      return {
        link: valueAt(keys.link(loginId), ITEM_TYPES.link, items),
        facts: valueAt(keys.facts(loginId), ITEM_TYPES.facts, items),
      };
    },

    async findUser(userId, signal) {
      const [blocked, signOut] = await Promise.all([isBlocked(userId, signal), findSignOut(userId, signal)]);
      return { isBlocked: blocked, signOut };
    },

    async listSessions(key, signal) {
      const range = endedSessions(loginIdOf(key));
      const ended: EndedSession[] = [];
      for (let after: string | null = null; ; ) {
        const page = await sessions.listPage({ range, after, limit: SESSIONS_PER_PAGE }, signal);
        ended.push(...page.items);
        if (page.last === null) return ended;
        after = page.last;
      }
    },

    storeNow: () => new Date(table.storeClock.nowMs()),

    async listByUser(userId, signal) {
      const current = await links.listCurrent(indexKeys.link(userId), signal);
      return current.filter((link) => link.userId === userId);
    },

    async listSeats(key, signal) {
      const current = await seats.listCurrent(indexKeys.seat(key), signal);
      return current.filter(({ subject }) => subject === key.subject);
    },
  };
}

function valueAt<T extends object>(key: Key, itemType: ItemType<T>, items: readonly StoredItem[]): T | null {
  const item = items.find(({ sk }) => sk === key.sk);
  return item === undefined ? null : fromItem(itemType, item);
}

export function dynamoSpeakers(table: DynamoTable): SpeakersStore {
  const speakers = new ItemsOf(table, ITEM_TYPES.speakers);
  return {
    find: async (userId, signal) => (await speakers.get(keys.speakers(userId), signal)) ?? noSpeakers(userId),
  };
}

export function dynamoRelinkWindows(table: DynamoTable): RelinkWindows {
  const windows = new ItemsOf(table, ITEM_TYPES.window);
  return { find: (connection, signal) => windows.get(keys.relinkWindow(connection), signal) };
}
