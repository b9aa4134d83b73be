import type { PlatformIdentity } from "../guards/token-validator.ts";
import type { Login, User } from "./people.ts";
import { Refused } from "./refused.ts";

/** What a token says beside its user. */
export interface TestTokenOptions {
  /** The application. `console`, the default, is the only one that may administer organizations; null: it does not say. */
  readonly clientId?: PlatformIdentity["clientId"];
  /** Who acts for the user, as `auth.validate` answers it. Default: null, for the user's own token. */
  readonly actor?: PlatformIdentity["actor"];
}

/** The login of a token, and its times, in milliseconds since 1970. */
export interface SignedIn extends Login {
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** The application whose tokens may administer organizations. */
export const CONSOLE = "console";

const LIFETIME_MS = 3_600_000;
/** The server's clock tolerance. */
const CLOCK_TOLERANCE_MS = 30_000;

/** The tokens of one set of handlers. They are not JWTs, so that every real server refuses them. */
export class Tokens {
  readonly #issued = new Map<string, SignedIn>();

  issue(user: User, { clientId = CONSOLE, actor = null }: TestTokenOptions): string {
    const issuedAt = Date.now();
    const expiresAt = issuedAt + LIFETIME_MS;
    const claims = {
      iss: "urn:platform-api:mocks",
      sub: user.userId,
      exp: Math.floor(expiresAt / 1_000),
      ...(actor !== null && { act: actor }),
    };
    const token = `test-token.${base64url(JSON.stringify(claims))}.${crypto.randomUUID()}`;
    this.#issued.set(token, { user, clientId, actor, issuedAt, expiresAt });
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
