import { startMailbox } from "@platform-api/dev/mailbox";
import { beforeAll, expect, it, vi } from "vitest";
import { duringTests, stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";

const HOST = "127.0.0.1";
/** Longer than a busy machine needs. */
const PATIENCE = { timeout: 20_000, interval: 20 };

const box = duringTests(() => startMailbox({ host: HOST, port: 0, smtpPort: 0 }));
const stack = stackOfTests({
  settings: () => ({
    SMTP_URL: `smtp://${HOST}:${box.smtpPort}`,
    MAIL_FROM: "Platform <no-reply@platform.example>",
    FRONTEND_URL: "https://app.example",
  }),
});
const login = logins(stack);
let boss: string;

beforeAll(async () => {
  boss = await login.entra("boss@acme.example", { subject: "waad|boss" });
});

/** Calls `/organizations/acme/…`, by default as its owner. */
async function call(path: string, body: object | null, token = boss) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const init = body === null ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  const response = await fetch(`${stack.url}/organizations/acme/${path}`, init);
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) };
}

async function invitationOf(email: string) {
  const { body } = await call("invitations/search", { limit: 100 });
  return body.items.find((each: { email: string }) => each.email === email);
}

it("an invitation over HTTP is mailed with its address in the fragment of the link alone, accepted and audited without it", async () => {
  const email = `${fresh("guest")}@partner.example`;
  const created = await call("invitations", { emails: [email], role: "member" });
  expect(created).toMatchObject({ status: 200, body: [{ email, outcome: "invited" }] });
  const taken = { mail: "sent", state: "open", outside: true };
  await vi.waitFor(async () => expect(await invitationOf(email)).toMatchObject(taken), PATIENCE);
  expect(box.mails).toHaveLength(1);
  const [mail] = box.mails;
  const links = [...(mail?.text ?? "").matchAll(/https:\S+/g)].map(([link]) => new URL(link));
  expect(mail?.to).toBe(email);
  expect(links.map(({ hash }) => hash)).toEqual([`#email=${encodeURIComponent(email)}`]);
  expect(links.map(({ pathname, search }) => pathname + search).join()).not.toContain("guest");

  const token = await login.password(email);
  const me = await stack.client(token).org.me.query();
  expect(me).toMatchObject({
    organizations: [],
    invitations: [{ organizationId: "acme", role: "member" }],
  });
  expect(await call("invitations/accept", {}, token)).toMatchObject({
    status: 200,
    body: { organizationId: "acme", role: "member", status: "active" },
  });
  const { invitationId, state } = await invitationOf(email);
  expect(state).toBe("accepted");
  const audit = await call("audit?limit=100", null);
  const about = audit.body.items.filter(
    (each: { invitationId: string }) => each.invitationId === invitationId,
  );
  expect(about.map(({ action }: { action: string }) => action).sort()).toEqual([
    "invitation-accepted",
    "invitation-sent",
    "membership-created",
  ]);
  expect(audit.text).not.toContain("@");
  const stream = await fetch(`${stack.url}/organizations/acme/audit.ndjson`, {
    headers: { authorization: `Bearer ${boss}` },
  });
  const lines = (await stream.text())
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toEqual(expect.arrayContaining(about));
  expect(stack.log.join("")).not.toContain(email);
});
