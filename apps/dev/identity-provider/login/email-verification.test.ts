import { describe, expect, onTestFinished, test, vi } from "vitest";
import { startMailbox } from "../../mailbox/mailbox.ts";
import { CLI_CLIENT, PASSWORD_CONNECTION } from "../index.ts";
import { claimsOf, runningTenant, signIn, userinfoOf, Visitor } from "../running-tenant.fixture.ts";

const FRONTEND = "http://127.0.0.1:4002";
const GAVIN = { email: "gavin@hooli.example", password: "gavins-own", connection: PASSWORD_CONNECTION.name };

async function tenantWithMailbox() {
  const mailbox = await startMailbox({ host: "127.0.0.1", port: 0, smtpPort: 0 });
  onTestFinished(mailbox.close);
  const { issuer } = await runningTenant({ smtpUrl: `smtp://127.0.0.1:${mailbox.smtpPort}` });
  const ask = (token: string, headers = {}) =>
    fetch(`${issuer}email-verification`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
  const linkIn = (index = 0) => /http\S+/.exec(mailbox.mails[index]?.text ?? "")?.[0] ?? "";
  return { issuer, mailbox, ask, linkIn };
}

describe("the mail that verifies an address", () => {
  test("goes to the account of the token, and its link verifies the address", async () => {
    const { issuer, mailbox, ask, linkIn } = await tenantWithMailbox();
    const before = await signIn(issuer, GAVIN);
    const { status, headers } = await ask(before.accessToken, { origin: FRONTEND });
    expect([status, headers.get("access-control-allow-origin")]).toEqual([204, FRONTEND]);
    expect(mailbox.mails.map(({ to, subject }) => [to, subject])).toEqual([
      ["gavin@hooli.example", "Verify your e-mail address"],
    ]);
    expect(mailbox.mails[0]?.html).toContain(`<a href="${linkIn()}" `);
    const userinfo = () => userinfoOf(issuer, before.accessToken);
    expect((await userinfo()).body).toMatchObject({ email_verified: false });
    const browser = new Visitor(issuer);
    const verified = await browser.visit(linkIn());
    expect(verified.html).toContain("Your address is verified");
    expect(verified.html).toContain(
      `<a class="button" href="${FRONTEND}/#email=gavin%40hooli.example">Continue</a>`,
    );
    expect((await userinfo()).body).toMatchObject({ email_verified: true });
    expect((await claimsOf(issuer, GAVIN))["https://platform-api.example/email_verified"]).toBe(true);
    const { html } = await browser.authorize({ connection: GAVIN.connection });
    expect(html.match(/<em>unverified<\/em>/g)).toHaveLength(1); // the other example
  });

  test("is sent once in 30 seconds, and at once again if the mail server refused it", async () => {
    const { issuer, mailbox, ask } = await tenantWithMailbox();
    const { accessToken } = await signIn(issuer, GAVIN);
    mailbox.behave(550);
    expect((await ask(accessToken)).status).toBe(502);
    mailbox.behave("take");
    expect((await ask(accessToken)).status).toBe(204);
    expect((await ask(accessToken)).status).toBe(429);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 31_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect((await ask(accessToken)).status).toBe(204);
    expect(mailbox.mails).toHaveLength(2);
  });

  test("is sent after a sign-up, and leads back to the application", async () => {
    const { issuer, mailbox, ask, linkIn } = await tenantWithMailbox();
    const person = { email: "new@hooli.example", password: "long-enough", connection: GAVIN.connection };
    const { accessToken } = await signIn(issuer, { ...person, isSignUp: true });
    expect(mailbox.mails.map(({ to }) => to)).toEqual(["new@hooli.example"]);
    expect((await ask(accessToken)).status).toBe(429);
    const { html } = await new Visitor(issuer).visit(linkIn());
    expect(html).toContain(
      `<a class="button" href="${new URL(CLI_CLIENT.redirectUri).origin}/sign-in#email=new%40hooli.example">Continue</a>`,
    );
  });

  test("needs a token of this tenant, and an origin of the frontend to be readable", async () => {
    const { issuer, mailbox, ask } = await tenantWithMailbox();
    const { accessToken } = await signIn(issuer, GAVIN);
    expect((await ask(`${accessToken.slice(0, -8)}AAAAAAAA`)).status).toBe(401);
    const { headers } = await fetch(`${issuer}email-verification`, {
      method: "OPTIONS",
      headers: { origin: "http://evil.example" },
    });
    expect(headers.get("access-control-allow-origin")).toBeNull();
    expect(mailbox.mails).toEqual([]);
    const { html, status } = await new Visitor(issuer).visit("email-verification/unknown");
    expect([status, html.includes("This link has expired")]).toEqual([400, true]);
  });

  test("does not exist without a mail server", async () => {
    const { issuer } = await runningTenant();
    expect((await fetch(`${issuer}email-verification`, { method: "POST" })).status).toBe(404);
  });
});
