import { randomBytes } from "node:crypto";
import { jwtVerify } from "jose";
import type { KoaContextWithOIDC } from "oidc-provider";
import { z } from "zod";
import { html } from "../pages/html.ts";
import { showMessage } from "../pages/message.ts";
import type { PageContext } from "../pages/page.ts";
import type { Account } from "../tenant/accounts.ts";
import type { Site } from "../tenant/site.ts";
import { sendVerificationMail } from "./verification-mail.ts";

/** Where a signed-in user asks for the mail, and the start of the links in it. */
export const EMAIL_VERIFICATION_PATH = "email-verification";

const KIND = "EmailVerification";
const ticketSchema = z.object({
  subject: z.string(),
  /** Where the page of the link leads back to, without the address: in the application that the user came from. */
  application: z.string().nullable(),
});
const LINK_SECONDS = 86_400;
/** How long an account has to wait between two mails. */
const WAIT_MS = 30_000;

type VerificationContext = PageContext & Pick<KoaContextWithOIDC, "path" | "method" | "headers">;

/** Sends mails whose link marks the address of an account as verified. */
export class EmailVerification {
  readonly #site: Site;
  readonly #sentAt = new Map<string, number>();

  constructor(site: Site) {
    this.#site = site;
  }

  /**
   * `POST /email-verification` with an access token sends a mail (204), or asks to wait (429). `GET` below it is the
   * link in the mail. @returns false for other paths
   */
  async answer(ctx: VerificationContext): Promise<boolean> {
    const [, path, ticket] = ctx.path.split("/");
    if (path !== EMAIL_VERIFICATION_PATH || this.#site.smtpUrl === undefined) return false;
    if (ticket !== undefined && ctx.method === "GET") this.#verify(ctx, ticket);
    else if (ctx.method === "OPTIONS") this.#allowOrigin(ctx, 204);
    else if (ctx.method === "POST") this.#allowOrigin(ctx, await this.#send(ctx.headers));
    else return false;
    return true;
  }

  /**
   * Sends the mail of a new account. That it fails does not stop the sign-up: the user can ask for another one.
   * @param callback of the application, to whose origin the link leads back
   * @param isInvited whether the application has sent the user to create an account: there, who was invited
   */
  async welcome(account: Account, callback: string, isInvited: boolean): Promise<void> {
    if (this.#site.smtpUrl === undefined) return;
    await this.#mail(account, new URL(isInvited ? "/sign-in" : "/", callback).href).catch(() => {});
  }

  /** @returns the status of the answer */
  async #send({ authorization, origin }: VerificationContext["headers"]): Promise<number> {
    const account = await this.#accountOf(authorization);
    if (account === null) return 401;
    if (Date.now() - (this.#sentAt.get(account.subject) ?? 0) < WAIT_MS) return 429;
    return this.#mail(account, this.#isFrontend(origin) ? `${origin}/` : null).then(
      () => 204,
      () => 502,
    );
  }

  async #mail({ subject, email }: Account, application: string | null): Promise<void> {
    const { records, issuers, smtpUrl = "" } = this.#site;
    this.#sentAt.set(subject, Date.now());
    const ticket = randomBytes(24).toString("base64url");
    const expiresAt = Math.floor(Date.now() / 1000) + LINK_SECONDS;
    records.write(KIND, ticket, { subject, application }, { expiresAt });
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
    const { accounts, issuers, audience, key } = this.#site;
    const expected = { issuer: [...issuers], audience, algorithms: ["RS256"] };
    const claims = await jwtVerify(token, key, expected).catch(() => null);
    return accounts.bySubject(claims?.payload.sub ?? "");
  }

  #verify(ctx: VerificationContext, ticket: string): void {
    const { accounts, records } = this.#site;
    const { subject = "", application = null } = records.read(KIND, ticket, ticketSchema) ?? {};
    const account = accounts.bySubject(subject);
    if (account === null) {
      const text = "Ask for another e-mail where you signed in.";
      showMessage(ctx, 400, { title: "This link has expired", text });
      return;
    }
    accounts.verifyEmail(account);
    const text =
      application === null
        ? `Now sign in again with ${account.email}.`
        : `You can now continue as ${account.email}.`;
    const action =
      application === null
        ? undefined
        : html`<a class="button" href="${application}#email=${encodeURIComponent(account.email)}">Continue</a>`;
    showMessage(ctx, 200, { title: "Your address is verified", text, ...(action && { action }) });
  }

  #isFrontend(origin: string | undefined): origin is string {
    return origin !== undefined && this.#site.frontendOrigins.includes(origin);
  }

  #allowOrigin(ctx: VerificationContext, status: number): void {
    const { origin } = ctx.headers;
    ctx.set({ Vary: "Origin", "Cache-Control": "no-store" });
    if (this.#isFrontend(origin))
      ctx.set({ "Access-Control-Allow-Origin": origin, "Access-Control-Allow-Headers": "authorization" });
    ctx.body = null; // sets 204
    ctx.status = status;
  }
}
