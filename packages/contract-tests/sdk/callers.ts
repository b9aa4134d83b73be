import { createPlatformClient, type PlatformClient } from "@platform-api/client";
import type { Person } from "./personas.ts";
import type { RunningPlatform } from "./platforms.ts";

/** A client without retries. */
export function clientWith(url: string, token: string | null): PlatformClient {
  return createPlatformClient({ url, retries: 0, token: () => token });
}

/** The client of a persona, with a token of its own. */
export async function clientOf(platform: RunningPlatform, person: Person): Promise<PlatformClient> {
  return clientWith(platform.url, await platform.tokenOf(person));
}

export async function userIdOf(platform: RunningPlatform, person: Person): Promise<string> {
  return (await (await clientOf(platform, person)).auth.validate.query()).userId;
}

/** The error of a call that is refused. */
export function refused(reason: string, httpStatus = STATUS.get(reason) ?? 403) {
  return { data: { reason, httpStatus } };
}
const STATUS = new Map([
  ["INPUT_INVALID", 400],
  ["NOT_FOUND", 404],
  ...["CONFLICT", "LAST_OWNER", "NOT_READY"].map((reason) => [reason, 409] as const),
]);

interface Paged<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** The items of a list, loaded page by page. */
export async function everyItem<Item>(
  load: (at: { cursor?: string }) => Promise<Paged<Item>>,
): Promise<Item[]> {
  const { items, nextCursor } = await load({});
  const all = [...items];
  for (let cursor = nextCursor; cursor !== null; ) {
    const page = await load({ cursor });
    all.push(...page.items);
    cursor = page.nextCursor;
  }
  return all;
}
