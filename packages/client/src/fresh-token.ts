import type { TokenSupplier } from "./client.ts";
import { within } from "./deadline.ts";
import { reasonOf } from "./platform-error.ts";

/** As the attempts of a client take by default. */
const TOKEN_MS = 4_000;
/** Longer than an issuer takes; else one renewal that never ends would stop every call for good. */
const REFRESH_MS = 30_000;

export interface FreshTokenOptions {
  /** The present token; a function is asked at every call, which fails when it takes more than 4 s. */
  readonly token: TokenSupplier | undefined;
  /**
   * Gets a new token and resolves with it, null where there is none to be had. It runs once for all the calls
   * that found the token expired; a rejection counts as null, and so does taking more than 30 s.
   */
  readonly refresh?: (() => Promise<string | null | undefined>) | undefined;
}

/** A token that is renewed when a service says that it has expired: once, for every call that waits for it. */
export interface FreshToken {
  /**
   * Runs `attempt` with the present token, and once more with a new one where it rejects with `TOKEN_EXPIRED`: an
   * error of the SDK, or any `Error` with that `reason`. Where there is no new token that rejection stands, and where
   * somebody else has signed in meanwhile: a call is never repeated for another person.
   */
  call<T>(attempt: (token: string | null) => Promise<T>): Promise<T>;
}

export function createFreshToken({ token, refresh }: FreshTokenOptions): FreshToken {
  /** The last renewal, under way or done. `next` never rejects. */
  let renewal: { readonly used: string | null; readonly next: Promise<string | null> } | undefined;
  /** What the supplier gave last, and the newest token that has come of it by renewals. */
  let supply: { readonly given: string | null; newest: string | null } = { given: null, newest: null };

  /** The supplier may go on giving a token that has been renewed, or is being renewed. */
  async function present(): Promise<string | null> {
    const given = (typeof token === "function" ? await within(TOKEN_MS, ask(token)) : token) || null;
    if (given !== supply.given) supply = { given, newest: given };
    const { newest } = supply;
    return renewal?.used === newest ? ((await renewal.next) ?? newest) : newest;
  }

  function renew(used: string | null): Promise<string | null> {
    if (renewal?.used === used) return renewal.next;
    const next = newToken(used).then((renewed) => {
      // A failure is not kept: the next call may find the issuer in better health.
      if (renewed === null && renewal?.next === next) renewal = undefined;
      if (renewed !== null && supply.newest === used) supply.newest = renewed;
      return renewed;
    });
    renewal = { used, next };
    return next;
  }

  async function newToken(used: string | null): Promise<string | null> {
    try {
      const renewed = (refresh && (await within(REFRESH_MS, ask(refresh)))) || null;
      return isSamePerson(used, renewed) === false ? null : renewed;
    } catch {
      return null;
    }
  }

  /** The same person's token after `used`; null where there is none, or where somebody else is here by now. */
  async function successorOf(used: string | null): Promise<string | null> {
    if (renewal?.used === used) return renewal.next;
    const now = await present();
    if (now === used) return renew(used);
    return isSamePerson(used, now) === true ? now : null;
  }

  return {
    async call(attempt) {
      const used = await present();
      try {
        return await attempt(used);
      } catch (error) {
        if (!isExpired(error)) throw error;
        // A supplier that fails now has no new token either.
        const next = await successorOf(used).catch(() => null);
        if (next === null) throw error;
        return attempt(next);
      }
    },
  };
}

/** What it throws at once is a rejection too. */
async function ask<T>(supplier: () => T): Promise<Awaited<T>> {
  return await supplier();
}

/** Whether two tokens name the same issuer and subject; null where one of them cannot be read. */
function isSamePerson(one: string | null, other: string | null): boolean | null {
  const [a, b] = [personOf(one), personOf(other)];
  return a === null || b === null ? null : a === b;
}

/** Read, not verified: it only decides whether a call may be repeated with the token. */
function personOf(token: string | null): string | null {
  try {
    const [, claims = ""] = token?.split(".") ?? [];
    const { iss, sub } = JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/")));
    return typeof sub === "string" ? JSON.stringify([iss, sub]) : null;
  } catch {
    return null;
  }
}

function isExpired(error: unknown): boolean {
  if (reasonOf(error) === "TOKEN_EXPIRED") return true;
  return error instanceof Error && "reason" in error && error.reason === "TOKEN_EXPIRED";
}
