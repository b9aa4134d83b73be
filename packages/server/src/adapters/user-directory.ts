import { type CljClient, CljClientError } from "@platform-api/clj-client";
import {
  currentTrace,
  parseEmail,
  parseUserId,
  Refusal,
  type RegisteredUsers,
  readOutsideCaches,
  traceHeaders,
  type UserDirectory,
  type UserId,
} from "../domain/index.ts";
import { type OnUpstream, timed } from "./timed.ts";

/** The user directory behind clj-pg-wrapper. Refuses an answer about another address. */
export function cljUserDirectory(
  client: Pick<CljClient, "ensure">,
  onUpstream: OnUpstream<"ensure"> = () => {},
): UserDirectory {
  return {
    async ensureUser(email, signal) {
      readOutsideCaches();
      const trace = currentTrace();
      const headers = trace === null ? {} : traceHeaders(trace);
      const ensure = async () => {
        const user = await client.ensure({ email }, { signal, headers }).catch(refuse);
        const userId = userIdOf(user);
        if (parseEmail(user.email) !== email) {
          throw new Refusal("DIRECTORY_UNAVAILABLE", "the directory answered with another person's record");
        }
        return { userId, created: user.created };
      };
      return timed(ensure, (outcome, ms) => onUpstream("ensure", outcome, ms));
    },
  };
}

/** The users behind clj-pg-wrapper, read only. A user with another address than the one asked for does not count. */
export function cljRegisteredUsers(client: Pick<CljClient, "findByEmail">): RegisteredUsers {
  return {
    async find(email, signal) {
      const user = await client.findByEmail(email, { signal }).catch(refuse);
      return user === null || parseEmail(user.email) !== email ? null : userIdOf(user);
    },
  };
}

function userIdOf({ id }: { readonly id: string }): UserId {
  const userId = parseUserId(id);
  if (userId === null) throw new Refusal("DIRECTORY_UNAVAILABLE", "the directory's id is not a UUID");
  return userId;
}

function refuse(cause: unknown): never {
  if (!(cause instanceof CljClientError)) {
    throw new Refusal("DIRECTORY_UNAVAILABLE", "the request ended before the directory answered", { cause });
  }
  if (cause.failure === "overloaded")
    throw new Refusal("OVERLOADED", "the directory's queue is full", { cause });
  throw new Refusal("DIRECTORY_UNAVAILABLE", `${cause.failure}: ${cause.message}`, { cause });
}
