import type { TokenSupplier } from "./client.ts";
import { reasonOf } from "./platform-error.ts";

export interface FreshTokenOptions {
  /** The present token; a function is asked at every call. */
  readonly token: TokenSupplier | undefined;
  /**
   * Gets a new token and resolves with it, null where there is none to be had. It runs once for all the calls
   * that found the token expired; a rejection counts as null.
   */
  readonly refresh?: (() => Promise<string | null | undefined>) | undefined;
}

/** A token that is renewed when a service says that it has expired: once, for every call that waits for it. */
export interface FreshToken {
  /**
   * Runs `attempt` with the present token, and once more with a new one where it rejects with `TOKEN_EXPIRED`: an
   * error of the SDK, or any `Error` with that `reason`. Where there is no new token that rejection stands.
   */
  call<T>(attempt: (token: string | null) => Promise<T>): Promise<T>;
}

export function createFreshToken({ token, refresh }: FreshTokenOptions): FreshToken {
  /** The last renewal, under way or done. `next` never rejects. */
  let renewal: { readonly used: string | null; readonly next: Promise<string | null> } | undefined;

  /** The supplier may still give a token that has been renewed, or is being renewed. */
  async function present(): Promise<string | null> {
    const given = (typeof token === "function" ? await token() : token) ?? null;
    return renewal?.used === given ? ((await renewal.next) ?? given) : given;
  }

  function renew(used: string | null): Promise<string | null> {
    if (renewal?.used === used) return renewal.next;
    const next = newToken().then((renewed) => {
      // A failure is not kept: the next call may find the issuer in better health.
      if (renewed === null && renewal?.next === next) renewal = undefined;
      return renewed;
    });
    renewal = { used, next };
    return next;
  }

  async function newToken(): Promise<string | null> {
    try {
      return (await refresh?.()) ?? null;
    } catch {
      return null;
    }
  }

  return {
    async call(attempt) {
      const used = await present();
      try {
        return await attempt(used);
      } catch (error) {
        if (!isExpired(error)) throw error;
        const now = await present();
        const next = now === used ? await renew(used) : now;
        if (next === null) throw error;
        return attempt(next);
      }
    },
  };
}

function isExpired(error: unknown): boolean {
  if (reasonOf(error) === "TOKEN_EXPIRED") return true;
  return error instanceof Error && "reason" in error && error.reason === "TOKEN_EXPIRED";
}
