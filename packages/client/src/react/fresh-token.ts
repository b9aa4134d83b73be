import { reasonOf } from "../platform-error.ts";
import type { TokenSupplier } from "../token-supplier.ts";
import { within } from "../waiting.ts";

/** The default timeout of a client's attempt. */
const TOKEN_MS = 4_000;
/** Longer than an issuer takes. Without a limit, one renewal that never ends would block every call. */
const REFRESH_MS = 30_000;

export interface FreshTokenOptions {
  /** The current token. A function is called for every call, which fails when the function takes more than 4 s. */
  readonly token: TokenSupplier | undefined;
  /**
   * Resolves with a new token, or null when none is available. It runs once for all calls that found the token expired.
   * A rejection counts as null, and so does taking more than 30 s.
   */
  readonly refresh?: (() => Promise<string | null | undefined>) | undefined;
}

/** A token that is renewed when a service reports it as expired: once for all calls that wait for it. */
export interface FreshToken {
  /**
   * Runs `attempt` with the current token. If it rejects with `TOKEN_EXPIRED` (an error of the SDK, or any `Error` with
   * that `reason`), it runs once more with a new token. The rejection stands when no new token is available, or when
   * somebody else has signed in: a call is never repeated for another user, nor for somebody who acts for the user.
   */
  call<T>(attempt: (token: string | null) => Promise<T>): Promise<T>;
}

export function createFreshToken({ token, refresh }: FreshTokenOptions): FreshToken {
  /** The last renewal, pending or done. `next` never rejects. */
  let renewal: { readonly used: string | null; readonly next: Promise<string | null> } | undefined;
  /** The last token from the supplier, and the newest token that renewals have made of it. */
  let supply: { readonly given: string | null; newest: string | null } = { given: null, newest: null };

  /** The supplier may still return a token that has been renewed, or is being renewed. */
  async function currentToken(): Promise<string | null> {
    const given = (typeof token === "function" ? await within(TOKEN_MS, callAsync(token)) : token) || null;
    if (given !== supply.given) supply = { given, newest: given };
    const { newest } = supply;
    return renewal?.used === newest ? ((await renewal.next) ?? newest) : newest;
  }

  function renew(used: string | null): Promise<string | null> {
    if (renewal?.used === used) return renewal.next;
    const next = newToken(used).then((renewed) => {
      // A failure is not cached: the issuer may have recovered before the next call. Nor is the token itself, which an issuer
      // makes again within the same second: a later one can say something else.
      if ((renewed === null || renewed === used) && renewal?.next === next) renewal = undefined;
      if (renewed !== null && supply.newest === used) supply.newest = renewed;
      return renewed;
    });
    renewal = { used, next };
    return next;
  }

  async function newToken(used: string | null): Promise<string | null> {
    try {
      const renewed = (refresh && (await within(REFRESH_MS, callAsync(refresh)))) || null;
      return isSameUser(used, renewed) === false ? null : renewed;
    } catch {
      return null;
    }
  }

  /** The same user's token after `used`; null without one, or if another user has signed in. */
  async function successorOf(used: string | null): Promise<string | null> {
    if (renewal?.used === used) return renewal.next;
    const now = await currentToken();
    if (now === used) return renew(used);
    return isSameUser(used, now) === true ? now : null;
  }

  return {
    async call(attempt) {
      const used = await currentToken();
      try {
        return await attempt(used);
      } catch (error) {
        if (!isExpired(error)) throw error;
        // A supplier that fails now has no new token, so the rejection stands.
        const next = await successorOf(used).catch(() => null);
        if (next === null) throw error;
        return attempt(next);
      }
    },
  };
}

/** Turns a synchronous throw into a rejection. */
async function callAsync<T>(supplier: () => T): Promise<Awaited<T>> {
  return await supplier();
}

/** Whether two tokens have the same issuer, subject and actor; null when one of them cannot be read. */
function isSameUser(one: string | null, other: string | null): boolean | null {
  const [a, b] = [userOf(one), userOf(other)];
  return a === null || b === null ? null : a === b;
}

/** Decoded, not verified: it only decides whether a call may be repeated with the token. */
function userOf(token: string | null): string | null {
  try {
    const [, claims = ""] = token?.split(".") ?? [];
    const { iss, sub, act } = JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/")));
    return typeof sub === "string" ? JSON.stringify([iss, sub, act]) : null;
  } catch {
    return null;
  }
}

function isExpired(error: unknown): boolean {
  if (reasonOf(error) === "TOKEN_EXPIRED") return true;
  return error instanceof Error && "reason" in error && error.reason === "TOKEN_EXPIRED";
}
