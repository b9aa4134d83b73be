import type { User } from "./people.ts";
import { Refused } from "./refused.ts";

/** The user of a token, and its times, in milliseconds since 1970. */
export interface SignedIn {
  readonly user: User;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

const LIFETIME_MS = 3_600_000;
/** The server's clock tolerance. */
const CLOCK_TOLERANCE_MS = 30_000;

/** The tokens of one set of handlers. They are not JWTs, so that every real server refuses them. */
export class Tokens {
  readonly #issued = new Map<string, SignedIn>();

  issue(user: User): string {
    const issuedAt = Date.now();
    const expiresAt = issuedAt + LIFETIME_MS;
    const claims = { iss: "urn:platform-api:mocks", sub: user.userId, exp: Math.floor(expiresAt / 1_000) };
    const token = `test-token.${base64url(JSON.stringify(claims))}.${crypto.randomUUID()}`;
    this.#issued.set(token, { user, issuedAt, expiresAt });
    return token;
  }

  /** Expires one token, or all tokens issued so far. */
  expire(token?: string): void {
    for (const [each, login] of this.#issued) {
      if (token === undefined || token === each) this.#issued.set(each, { ...login, expiresAt: 0 });
    }
  }

  /** Null for a token that {@link verify} refuses. */
  loginOf(token: string): SignedIn | null {
    const known = this.#issued.get(token);
    return known === undefined || Date.now() >= known.expiresAt + CLOCK_TOLERANCE_MS ? null : known;
  }

  /** @throws {Refused} TOKEN_INVALID, TOKEN_EXPIRED */
  verify(token: string): SignedIn {
    const known = this.#issued.get(token);
    if (known === undefined) throw new Refused("TOKEN_INVALID");
    if (this.loginOf(token) === null) throw new Refused("TOKEN_EXPIRED");
    return known;
  }
}

/** Expects ASCII. */
function base64url(text: string): string {
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
