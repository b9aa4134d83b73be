import { fresh } from "../simulator/people.ts";
import type { Answer } from "./phase.ts";
import {
  ADDRESSES,
  type Address,
  connectionOf,
  domainOf,
  type Login,
  subjectOf,
  type User,
} from "./vocabulary.ts";

const MINTED_PREFIX = "7c9e6679-7425-40de-944b-";
const MINTED_DIGITS = 12;
let minted = 0;

/** Maps the model's names to names on the stack that are unique to one history. */
export class HistoryNames {
  readonly #prefix = `${fresh("history")}-`;
  readonly #userIds: Map<User, string>;

  constructor() {
    minted += 1;
    const stranger = MINTED_PREFIX + String(minted).padStart(MINTED_DIGITS, "0");
    this.#userIds = new Map([["stranger", stranger]]);
  }

  id(name: string, ending = ""): string {
    return `${this.#prefix}${name}${ending}`;
  }

  email(address: Address): string {
    return `${address.split("@")[0]}@${this.id(domainOf(address), ".example")}`;
  }

  subject(login: Login): string {
    const strategy = connectionOf(login) === null ? "auth0" : "waad";
    return `${strategy}|${this.id(subjectOf(login).replaceAll("|", "-"))}`;
  }

  hasUser(user: User): boolean {
    return this.#userIds.has(user);
  }

  learn(user: User, userId: string): void {
    this.#userIds.set(user, userId);
  }

  userId(user: User): string {
    return this.#userIds.get(user) ?? "";
  }

  userIds(): readonly string[] {
    return [...this.#userIds.values()];
  }

  inModel(answer: Answer): Answer {
    return JSON.parse(this.plain(JSON.stringify(answer)));
  }

  /** Replaces this history's names in a text with the model's. */
  plain(text: string): string {
    let plain = text;
    for (const address of ADDRESSES) plain = plain.replaceAll(this.email(address), address);
    for (const [user, userId] of this.#userIds) plain = plain.replaceAll(userId, user);
    return plain.replaceAll(this.#prefix, "");
  }
}
