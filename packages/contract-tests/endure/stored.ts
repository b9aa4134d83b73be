import type { CljClient } from "@platform-api/clj-client";
import { Client } from "pg";
import type { Item } from "../simulator/table-scan.ts";
import { MALLORY } from "./hostile.ts";
import type { Person } from "./people.ts";
import type { World } from "./world.ts";

/** What the table and the user directory hold. */
export interface Stored {
  readonly items: readonly Item[];
  /** The UUIDs of each address. */
  readonly users: ReadonlyMap<string, readonly string[]>;
}

const AT_ONCE = 16;
/** A conflict may be audited, and an organization has a bounded list of who was refused of late. */
const NOTES = new Set(["audit-entry", "refusal"]);

/** @param addresses what to look for in a directory without SQL */
export async function readStored({ stack }: World, addresses: readonly string[]): Promise<Stored> {
  const items = await stack.items();
  const { databaseUrl, directory } = stack;
  const rows = databaseUrl === null ? await askFor(addresses, directory) : await select(databaseUrl);
  const users = new Map<string, string[]>();
  for (const { email, id } of rows) users.set(email, [...(users.get(email) ?? []), id]);
  return { items, users };
}

interface Row {
  readonly email: string;
  readonly id: string;
}

async function select(connectionString: string): Promise<Row[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>("SELECT lower(email) AS email, id FROM users")).rows;
  } finally {
    await client.end();
  }
}

async function askFor(addresses: readonly string[], directory: CljClient): Promise<Row[]> {
  const rows: Row[] = [];
  const queue = addresses.values();
  const worker = async () => {
    for (const email of queue) {
      const user = await directory.findByEmail(email);
      if (user !== null) rows.push({ email, id: user.id });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return rows;
}

/** What was written for somebody who was refused, but for notes. A forger is in no list of refusals. */
export function writtenForRefused({ items, users }: Stored, refused: readonly Person[]): string[] {
  const made = items.filter((item) => JSON.stringify(item).includes(MALLORY) && item.type !== "audit-entry");
  const emails = new Set(refused.map(({ email }) => email));
  const known = [...users.keys()].filter((email) => email.includes(MALLORY) || emails.has(email));
  const placed = items.filter(({ type, email }) => !NOTES.has(String(type)) && emails.has(String(email)));
  return [...made, ...placed].map((item) => JSON.stringify(item)).concat(known);
}

/** What a person has too much or too little of. Who was let in has one of each, anybody else at most one. */
export function placesWrong(
  { items, users }: Stored,
  people: ReadonlyMap<Person, { readonly wasIn: boolean }>,
): string[] {
  const count = (type: string, key: (item: Item) => string) => {
    const counts = new Map<string, number>();
    for (const item of items) {
      if (item.type === type) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
    }
    return counts;
  };
  const links = count("link", ({ subject }) => String(subject));
  const memberships = count("membership", ({ userId, organizationId }) => `${userId} ${organizationId}`);
  return [...people].flatMap(([{ email, subject, organization }, { wasIn }]) => {
    const ids = users.get(email) ?? [];
    const found = [ids.length, links.get(subject) ?? 0, memberships.get(`${ids[0]} ${organization}`) ?? 0];
    const isRight = wasIn ? found.every((n) => n === 1) : found.every((n) => n <= 1);
    return isRight ? [] : [`${email}: ${found[0]} users, ${found[1]} links, ${found[2]} memberships`];
  });
}

/** All that is stored for these people, but for their recent refusals. */
export function storedFor(items: Stored["items"], people: readonly Person[]): string[] {
  const emails = new Set(people.map(({ email }) => email));
  return items
    .filter(({ type, email }) => type !== "refusal" && emails.has(String(email)))
    .map((item) => JSON.stringify(item))
    .sort();
}
