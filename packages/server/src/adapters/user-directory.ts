import { type CljClient, CljClientError } from "@platform-api/clj-client";
import { parseEmail, parseUserId, Refusal, type UserDirectory } from "../domain/index.ts";

/** The user directory behind clj-pg-wrapper. Its answer counts only for the address that was asked for. */
export function cljUserDirectory(client: CljClient): UserDirectory {
  return {
    async ensureUser(email, signal) {
      const user = await client.ensure({ email }, { signal }).catch(refuse);
      const userId = parseUserId(user.id);
      if (userId === null) throw new Refusal("DIRECTORY_UNAVAILABLE", "the directory's id is no UUID");
      if (parseEmail(user.email) !== email) {
        throw new Refusal("DIRECTORY_UNAVAILABLE", "the directory answered with another person's record");
      }
      return { userId, created: user.created };
    },
  };
}

function refuse(cause: unknown): never {
  if (!(cause instanceof CljClientError)) {
    throw new Refusal("DIRECTORY_UNAVAILABLE", "the request's time was up", { cause });
  }
  if (cause.failure === "overloaded")
    throw new Refusal("OVERLOADED", "the directory's queue is full", { cause });
  throw new Refusal("DIRECTORY_UNAVAILABLE", `${cause.failure}: ${cause.message}`, { cause });
}
