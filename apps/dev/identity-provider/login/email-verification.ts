import { type KeyObject, randomBytes } from "node:crypto";
import { jwtVerify } from "jose";
import type { KoaContextWithOIDC } from "oidc-provider";
import { z } from "zod";
import { showMessage } from "../pages/message.ts";
import type { PageContext } from "../pages/page.ts";
import type { RecordStore } from "../records/record-store.ts";
import type { Account, Accounts } from "../tenant/accounts.ts";
import { sendVerificationMail } from "./verification-mail.ts";

/** Where a signed-in user asks for the mail, and the start of the links in it. */
export const EMAIL_VERIFICATION_PATH = "email-verification";

const KIND = "EmailVerification";
const LINK_SECONDS = 86_400;
/** How long an account has to wait between two mails. */
const WAIT_MS = 30_000;

export interface EmailVerificationOptions {
  readonly accounts: Accounts;
  readonly records: RecordStore;
  /** The first one is the tenant's own. */
  readonly issuers: readonly [string, ...string[]];
  /** The audience of the access tokens that may ask. */
  readonly audience: string;
  readonly key: KeyObject;
  /** The origins whose pages may ask. */
  readonly origins: readonly string[];
  /** Such as `smtp://127.0.0.1:4008`. Without one, nothing is sent. */
  readonly smtpUrl: string | undefined;
}

type VerificationContext = PageContext & Pick<KoaContextWithOIDC, "path" | "method" | "headers">;

/** Sends mails whose link marks the address of an account as verified. */
export class EmailVerification {
  readonly #options: EmailVerificationOptions;
  readonly #sentAt = new Map<string, number>();

  constructor(options: EmailVerificationOptions) {
    this.#options = options;
  }

  /**
   * `POST /email-verification` with an access token sends a mail (204), or asks to wait (429). `GET` below it is the
   * link in the mail. @returns false for other paths
   */
  async answer(ctx: VerificationContext): Promise<boolean> {
    const [, path, ticket] = ctx.path.split("/");
    if (path !== EMAIL_VERIFICATION_PATH || this.#options.smtpUrl === undefined) return false;
    if (ticket !== undefined && ctx.method === "GET") this.#verify(ctx, ticket);
    else if (ctx.method === "OPTIONS") this.#allowOrigin(ctx, 204);
    else if (ctx.method === "POST") this.#allowOrigin(ctx, await this.#send(ctx.headers.authorization));
    else return false;
    return true;
  }

  /** Sends the mail of a new account. That it fails does not stop the sign-up: the user can ask for another one. */
  async welcome(account: Account): Promise<void> {
    if (this.#options.smtpUrl !== undefined) await this.#mail(account).catch(() => {});
  }

  /** @returns the status of the answer */
  async #send(authorization: string | undefined): Promise<number> {
    const account = await this.#accountOf(authorization);
    if (account === null) return 401;
    if (Date.now() - (this.#sentAt.get(account.subject) ?? 0) < WAIT_MS) return 429;
    return this.#mail(account).then(
      () => 204,
      () => 502,
    );
  }

  async #mail({ subject, email }: Account): Promise<void> {
    const { records, issuers, smtpUrl = "" } = this.#options;
    this.#sentAt.set(subject, Date.now());
    const ticket = randomBytes(24).toString("base64url");
    records.write(KIND, ticket, subject, { expiresAt: Math.floor(Date.now() / 1000) + LINK_SECONDS });
    const link = new URL(`${EMAIL_VERIFICATION_PATH}/${ticket}`, issuers[0]).href;
    try {
      await sendVerificationMail({ smtpUrl, email, link });
    } catch (error) {
      this.#sentAt.delete(subject); // the user may try again at once
      throw error;
    }
  }

  async #accountOf(authorization: string | undefined): Promise<Account | null> {
    const [, token = ""] = /^Bearer (\S+)$/i.exec(authorization ?? "") ?? [];
    const { accounts, issuers, audience, key } = this.#options;
    const expected = { issuer: [...issuers], audience, algorithms: ["RS256"] };
    const claims = await jwtVerify(token, key, expected).catch(() => null);
    return accounts.bySubject(claims?.payload.sub ?? "");
  }

  #verify(ctx: VerificationContext, ticket: string): void {
    const { accounts, records } = this.#options;
    const account = accounts.bySubject(records.read(KIND, ticket, z.string()) ?? "");
    if (account !== null) accounts.verifyEmail(account);
    const message =
      account === null
        ? { title: "This link has expired", text: "Ask for another e-mail where you signed in." }
        : { title: "Your address is verified", text: `Now sign in again with ${account.email}.` };
    showMessage(ctx, account === null ? 400 : 200, message);
  }

  #allowOrigin(ctx: VerificationContext, status: number): void {
    const { origin } = ctx.headers;
    ctx.set({ Vary: "Origin", "Cache-Control": "no-store" });
    if (origin !== undefined && this.#options.origins.includes(origin))
      ctx.set({ "Access-Control-Allow-Origin": origin, "Access-Control-Allow-Headers": "authorization" });
    ctx.body = null; // sets 204
    ctx.status = status;
  }
}
