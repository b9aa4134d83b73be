import { startMailbox } from "@platform-api/dev/mailbox";
import { describe, expect, it } from "vitest";
import { commandsBy } from "../simulator/commands.ts";
import { duringTests, stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";

const mailbox = duringTests(() => startMailbox({ host: "127.0.0.1", port: 0, smtpPort: 0 }));
/** How long before its end the owners of an organization know of it. */
const NOTICE_MS = 6_000;
const stack = stackOfTests({
  settings: () => ({
    SMTP_URL: `smtp://127.0.0.1:${mailbox.smtpPort}`,
    MAIL_FROM: "Platform <platform@platform.example>",
    FRONTEND_URL: "http://127.0.0.1:4000",
    CLOSING_NOTICE_MS: String(NOTICE_MS),
  }),
});
const login = logins(stack);

const { run, json, audited } = commandsBy((...args) => stack.cli(...args));

const mailsTo = (address: string) => mailbox.mails.filter(({ to }) => to.includes(address)).length;

/** A new organization whose owner has signed in. */
async function founded() {
  const id = fresh("org");
  const owner = `owner@${id}.example`;
  await run("org", "create", id, "--name", `Name of ${id}`, "--owner", owner);
  const client = stack.client(await login.password(owner));
  const { userId } = (await client.org.me.query()).user;
  return { id, owner, client, userId };
}

/** A member of Acme. */
async function colleague() {
  const email = `${fresh("colleague")}@acme.example`;
  const { userId } = await stack.client(await login.entra(email)).auth.validate.query();
  return { email, userId };
}

it("org create invites the owner by mail, who is owner after signing in; a repeat changes and sends nothing", async () => {
  const id = fresh("org");
  const owner = `owner@${id}.example`;
  const create = ["org", "create", id, "--name", "New", "--owner", owner.toUpperCase()];
  expect(await run(...create)).toBe(
    `The organization ${id} (New) exists. ${owner} is invited as owner. The mail is sent.\n`,
  );
  const printed = await json(...create);
  expect(printed).toEqual({
    id,
    name: "New",
    jit: true,
    defaultRole: "member",
    enforceSso: false,
    state: "open",
    closing: null,
    locked: [],
    sendsMail: true,
    owner: { email: owner, outcome: "invited" },
  });
  const created = ["operator:tests organization-created", "operator:tests invitation-sent"];
  expect([mailsTo(owner), await audited("organizationId", id)]).toEqual([1, created]);
  const { organizations } = await stack.client(await login.password(owner)).org.me.query();
  expect(organizations).toMatchObject([{ id, name: "New", role: "owner" }]);
  expect(await run(...create)).toContain(`${owner} is a member already`);
  expect((await audited("organizationId", id)).filter((each) => each.startsWith("operator"))).toEqual(
    created,
  );
});

it("the commands print the same JSON as the procedures answer", async () => {
  const { id, client, userId } = await founded();
  const organizationId = id;
  await run("invitation", "create", id, `a@${id}.example`, "--role", "admin");
  expect(await json("org", "show", id)).toEqual(await client.org.get.query({ organizationId }));
  const listed = await client.org.members.list.query({ organizationId });
  expect(listed).toMatchObject(await json("member", "list", id));
  expect(await json("invitation", "list", id)).toEqual(
    await client.org.invitations.list.query({ organizationId }),
  );
  expect(await json("member", "set-role", id, userId, "owner", "--force")).toEqual(
    await client.org.members.setRole.mutate({ organizationId, userId, role: "owner" }),
  );
  expect(await json("org", "set", id, "--jit", "on")).toEqual(
    await client.org.update.mutate({ organizationId, jit: true }),
  );
});

describe("org set", () => {
  it("changes every setting, once", async () => {
    const { id } = await founded();
    const all = [
      "--name",
      "Renamed",
      "--jit",
      "off",
      "--default-role",
      "admin",
      "--auth0-org-id",
      `org_${id.replaceAll("-", "")}`,
    ];
    expect(await run("org", "set", id, ...all)).toBe(
      `${id} (Renamed) is open.\nFirst login through its SSO: makes no member\nSSO: optional\n` +
        "Running processes notice within 2 s by default, and never later than 5 s.\n",
    );
    expect(await run("org", "set", id, ...all)).toMatch(/\nNothing to change\.\n$/);
    expect(
      (await audited("organizationId", id)).filter((each) => each.endsWith("organization-updated")),
    ).toHaveLength(1);
    expect(await json("org", "set", id, "--auth0-org-id", "none", "--jit", "on")).toMatchObject({
      jit: true,
    });
    const { organizations } = await json("org", "list");
    expect(organizations.find((each: { id: string }) => each.id === id)).toMatchObject({ auth0OrgId: null });
  });

  it("warns of a setting that the organizations file decides", async () => {
    const warning = /^warning: an organizations file decides name: change it there as well/;
    expect(await run("org", "set", "hooli", "--name", "Hooli Inc")).toMatch(warning);
    expect(await run("org", "set", "hooli", "--enforce-sso", "off")).not.toContain("warning");
  });
});

it("org close asks first; nobody belongs to a closed organization until org reopen", async () => {
  const { id, client } = await founded();
  const belongs = async () => (await client.auth.check.query({ organizationId: id })).allowed;
  expect(await stack.onTerminal(() => "no\n", "org", "close", id)).toMatchObject({
    status: 1,
    questions: [expect.stringMatching(`^Nobody will belong to ${id} \\(Name of ${id}\\) any more`)],
  });
  expect(await belongs()).toBe(true);
  expect(await run("org", "close", id, "--yes")).toMatch(
    new RegExp(`^${id} \\(Name of ${id}\\) is closed, since 20[-0-9T:.]+Z, by an operator\\. `),
  );
  expect(await belongs()).toBe(false);
  expect(await run("org", "close", id, "--yes")).toMatch(/\nNothing to change\.\n$/);
  expect(await run("org", "list")).toMatch(new RegExp(`\\n${id} .* closed\\n`));
  const again = await stack.cli("org", "create", id, "--name", `Name of ${id}`, "--owner", "a@b.example");
  expect(again).toMatchObject({ status: 1, output: expect.stringContaining(`run \`org reopen ${id}\``) });
  expect(await json("org", "reopen", id)).toMatchObject({ id, state: "open" });
  expect(await belongs()).toBe(true);
  expect((await audited("organizationId", id)).slice(-2)).toEqual([
    "operator:tests organization-closed",
    "operator:tests organization-reopened",
  ]);
});

it("an owner's end closes an organization by itself, is mailed to its owners, and org reopen opens it again", async () => {
  const { id, owner, client, userId } = await founded();
  const organizationId = id;
  const belongs = async () => (await client.auth.check.query({ organizationId })).allowed;
  const asked = mailsTo(owner);
  const { closing } = await client.org.close.mutate({ organizationId, name: `Name of ${id}` });
  await expect.poll(() => mailsTo(owner)).toBe(asked + 1);
  await expect
    .poll(() => run("org", "show", id))
    .toContain(`as its owner ${userId} asked: its owners were told`);
  expect([await belongs(), await run("org", "list")]).toEqual([
    true,
    expect.stringMatching(new RegExp(`\\n${id} .* closes ${closing?.closesAt}\\n`)),
  ]);
  await expect.poll(belongs, { timeout: NOTICE_MS * 2 }).toBe(false);
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(closing?.closesAt ?? ""));
  const { closed, organizations } = await client.org.me.query();
  expect([organizations, closed]).toMatchObject([
    [],
    [{ id, closedAt: closing?.closesAt, closedBy: { userId, email: owner } }],
  ]);
  expect(await run("org", "show", id)).toContain(
    `is closed, since ${closing?.closesAt}, as its owner ${userId}`,
  );
  expect(await json("org", "reopen", id)).toMatchObject({ id, state: "open", closing: null });
  await expect.poll(belongs).toBe(true);
  expect((await audited("organizationId", id)).slice(-3)).toEqual([
    `user:${userId} closing-requested`,
    "system organization-closed",
    "operator:tests organization-reopened",
  ]);
});

describe("member", () => {
  it("list finds by address, UUID, role and status", async () => {
    const [one, other] = [await colleague(), await colleague()];
    await run("member", "set-role", "acme", one.userId, "admin");
    await run("member", "remove", "acme", other.userId);
    const found = async (...filter: string[]) => {
      const { items } = await json("member", "list", "acme", ...filter);
      return items.map(({ userId }: { userId: string }) => userId);
    };
    expect(await found("--query", one.email.toUpperCase())).toEqual([one.userId]);
    expect(await found("--query", other.userId)).toEqual([other.userId]);
    expect(await found("--role", "admin")).toEqual([one.userId]);
    expect(await found("--status", "removed")).toEqual([other.userId]);
  });

  it("set-role says what it did, makes an owner only with --force, and keeps the last one", async () => {
    const { id, userId, owner } = await founded();
    await run("invitation", "create", id, `a@${id}.example`, "--role", "member");
    const { user } = await stack.client(await login.password(`a@${id}.example`)).org.me.query();
    const setRole = (...args: string[]) => stack.cli("member", "set-role", id, ...args);
    const who = `${user.userId} (${user.email})`;
    for (const [args, output] of [
      [[user.userId, "admin", "--expected", "admin"], /^error: .* \(`platform-api member list/],
      [[userId, "member"], /^error: an organization keeps its last owner: first make/],
    ] as const)
      expect(await setRole(...args)).toEqual({ status: 1, output: expect.stringMatching(output) });
    expect(await setRole(user.userId, "admin", "--expected", "member")).toEqual({
      status: 0,
      output: `${who} is admin in ${id}.\n`,
    });
    expect((await setRole(user.userId, "owner", "--force")).output).toBe(`${who} is owner in ${id}.\n`);
    const removed = `${userId} (${owner}) is removed in ${id}.`;
    expect(await run("member", "remove", id, userId.toUpperCase())).toBe(`${removed}\n`);
    expect(await run("member", "remove", id, userId)).toBe(`${removed} Nothing to change.\n`);
    expect(await setRole(userId, "admin")).toMatchObject({
      status: 1,
      output: expect.stringMatching(/^error: the member was removed; restore them first/),
    });
    expect(await json("member", "restore", id, userId)).toMatchObject({ role: "admin", status: "active" });
    expect((await audited("organizationId", id)).slice(-4)).toEqual([
      "operator:tests role-changed",
      "operator:tests role-changed",
      "operator:tests membership-removed",
      "operator:tests membership-restored",
    ]);
  });
});

describe("invitation", () => {
  it("create says for each address what it came to, and whether the mail is sent", async () => {
    const { email } = await colleague();
    const [one, other] = [`${fresh("i")}@acme.example`, `${fresh("I")}@Outside.example`];
    const printed = await run(
      "invitation",
      "create",
      "acme",
      one,
      other,
      email,
      "nobody",
      "--role",
      "member",
    );
    expect(printed.replaceAll(/ +/g, " ")).toBe(
      `EMAIL OUTCOME MAIL\n${one} invited sent\n${other} invited sent\n${email} already-member –\n` +
        "nobody invalid –\nWhat is invalid is not an e-mail address, and was skipped.\n",
    );
    expect([mailsTo(one), mailsTo(other.toLowerCase()), mailsTo(email)]).toEqual([1, 1, 0]);
    expect(await json("invitation", "create", "acme", one, "--role", "admin")).toEqual([
      { email: one, outcome: "renewed" },
    ]);
    expect(await run("invitation", "create", "acme", one, "--role", "member")).toMatch(
      / renewed as member +sent/,
    );
  });

  it("create and resend say when a mail could not be sent", async () => {
    const email = `${fresh("i")}@acme.example`;
    mailbox.behave(550);
    const failed = "The mail could not be sent: check SMTP_URL, then use `invitation resend`.\n";
    expect(await run("invitation", "create", "acme", email, "--role", "member")).toContain(failed);
    expect(await run("invitation", "resend", "acme", email)).toBe(
      `${email} is invited to acme again. ${failed}`,
    );
    mailbox.behave("take");
    expect(await run("invitation", "resend", "acme", email)).toMatch(/ again\. The mail is sent\.\n$/);
    expect(await stack.cli("invitation", "resend", "acme", email)).toEqual({
      status: 1,
      output: expect.stringMatching(/^error: this address was mailed a moment ago; try again in \d+ s\n$/),
    });
  });

  it("revoke withdraws it, and list shows its state", async () => {
    const email = `${fresh("i")}@acme.example`;
    await run("invitation", "create", "acme", email, "--role", "member");
    const revoked = `${email} is not invited to acme any more.\n`;
    for (let n = 0; n < 2; n += 1) expect(await run("invitation", "revoke", "acme", email)).toBe(revoked);
    expect(await run("invitation", "list", "acme", "--state", "revoked")).toMatch(
      new RegExp(`^EMAIL +ROLE +STATE .*\\n(.*\\n)*${email} +member +revoked +sent +operator `),
    );
    expect((await stack.cli("invitation", "resend", "acme", email)).output).toMatch(
      /was revoked; invite again/,
    );
  });
});

it("identity find shows the user, the links, the memberships and the invitations of an address", async () => {
  const { email, userId } = await colleague();
  await run("invitation", "create", "hooli", email, "--role", "admin");
  expect(await json("identity", "find", email.toUpperCase())).toMatchObject({
    email,
    user: { userId, links: [{ connection: "acme-entra" }], memberships: [{ organizationId: "acme" }] },
    memberships: [{ organizationId: "acme", userId }],
    invitations: [{ organizationId: "hooli", role: "admin", state: "open", mail: "sent" }],
  });
  expect(await run("identity", "find", email)).toMatch(
    new RegExp(
      `^The user directory has ${userId} at ${email}\\.\\n[^]*MEMBER OF[^]*INVITED TO[^]*hooli +admin`,
    ),
  );
});
