import { randomUUID } from "node:crypto";
import { reasonOf } from "@platform-api/client";
import { expect, it } from "vitest";
import { managementApi, SECRET } from "../../server/src/adapters/auth0/management-api.fixture.ts";
import { commandsBy } from "../simulator/commands.ts";
import { actionClaims } from "../simulator/issuer.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";
import { runCommand, type Server } from "../simulator/stack.ts";

const stack = stackOfTests();
const login = logins(stack);

const SOMEBODY = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab";
const NOBODY = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ac";
const entra = (email: string, subject: string) => login.entra(email, { subject });

/** The UUID of a token, or the reason for its refusal. */
async function whose(token: string | Promise<string>, server: Server = stack): Promise<string | null> {
  const answer = server.client(await token).auth.validate.query();
  return answer.then(({ userId }) => userId, reasonOf);
}

/** A token that is issued so many seconds from now, by clocks that differ. */
const issued = (email: string, subject: string, seconds: number) =>
  login.entra(email, { subject, iat: Math.floor(Date.now() / 1_000) + seconds });

/** A user at Acme, and the subjects of their old and new account. */
async function person(domain = "acme.example") {
  const email = `${fresh("person")}@${domain}`;
  const [old, renewed] = [fresh("waad|old"), fresh("waad|new")];
  const userId = (await whose(entra(email, old))) ?? "";
  return { email, old, renewed, userId };
}

const { run, json, audited } = commandsBy((...args) => stack.cli(...args));

const FIRST = ["login identity-linked verified-domain", "login membership-created jit"];

it("identity relink moves the seat and the UUID from the old account to the new one", async () => {
  const { email, old, renewed, userId } = await person();
  expect(await whose(entra(email, renewed))).toBe("IDENTITY_CONFLICT");
  const args = ["identity", "relink", renewed, userId, "--connection", "acme-entra", "--yes"];
  expect(await run(...args)).toBe(
    `${renewed} is ${userId}, and holds the seat on acme-entra.\n` +
      "Running processes notice within 2 s by default, and never later than 5 s.\n",
  );
  expect(await whose(entra(email, renewed))).toBe(userId);
  expect(await whose(entra(email, old))).toBe("IDENTITY_CONFLICT");
  expect(await run(...args)).toContain("Nothing to change.");
  expect(await audited("userId", userId)).toEqual([
    ...FIRST,
    "login identity-conflict seat",
    "operator:tests identity-relinked operator",
    "login identity-conflict seat",
  ]);
});

it("identity unlink makes the next login a first login", async () => {
  const { old, userId } = await person();
  const married = `${fresh("married")}@acme.example`;
  expect(await whose(entra(married, old))).toBe(userId);
  expect(await run("identity", "unlink", old, "--yes")).toContain(`${old} is no longer linked to ${userId}`);
  const other = await whose(entra(married, old));
  expect(other).toMatch(/-/);
  expect(other).not.toBe(userId);
  expect(await audited("userId", userId)).toEqual([...FIRST, "operator:tests identity-unlinked operator"]);
});

it("identity block refuses the user, and unblock lets them in again", async () => {
  const { email, old, userId } = await person();
  expect(await run("identity", "block", userId.toUpperCase(), "--yes")).toContain(`${userId} is blocked.\n`);
  expect(await whose(entra(email, old))).toBe("IDENTITY_BLOCKED");
  const contradicted = actionClaims({ connection: "acme-entra", email, userId: SOMEBODY });
  expect(await whose(stack.issuer.sign(old, contradicted))).toBe("IDENTITY_BLOCKED");
  expect(await json("identity", "block", userId, "--yes")).toMatchObject({
    blocked: true,
    changed: false,
  });
  expect(await run("identity", "show", userId)).toMatch(`${userId} is blocked.\n`);
  await run("identity", "unblock", userId, "--yes");
  expect(await whose(entra(email, old))).toBe(userId);
  expect(await run("identity", "unblock", userId, "--yes")).toBe(
    `${userId} is not blocked by an operator. Nothing to change.\n`,
  );
  const blocks = ["operator:tests identity-blocked operator", "operator:tests identity-unblocked operator"];
  expect(await audited("userId", userId)).toEqual([...FIRST, ...blocks]);
});

it("people are named by their address wherever a UUID is asked for", async () => {
  const { email, userId } = await person();
  const by = (...args: string[]) => run(...args);
  expect(await by("member", "set-role", "acme", email, "admin")).toBe(
    `${userId} (${email}) is admin in acme.\n`,
  );
  expect(await by("member", "remove", "acme", email.toUpperCase())).toContain("is removed in acme.");
  expect(await by("member", "restore", "acme", email)).toContain("is active in acme.");
  expect(await json("identity", "show", email)).toMatchObject({ userId });
  expect(await json("identity", "export", email)).toMatchObject({ userId });
  expect(await by("identity", "block", email, "--yes")).toContain(`${userId} (${email}) is blocked.\n`);
  expect(await json("identity", "unblock", email, "--yes")).toMatchObject({ userId, blocked: false });
  expect(await json("identity", "sign-out", email, "--yes")).toMatchObject({ userId });
  const { items } = await json("audit", "list", "acme", "--person", email, "--actor", "operator");
  expect(items.map(({ action }: { action: string }) => action)).toEqual(
    expect.arrayContaining(["role-changed", "membership-removed", "membership-restored"]),
  );
  expect(await json("audit", "list", "acme", "--actor", `user:${email}`)).toMatchObject({ items: [] });
  expect(await json("identity", "erase", email, "--plan")).toMatchObject({ userId, changed: false });
});

it("an address that several users had names all of them, and changes nothing", async () => {
  const { email, userId } = await person();
  const other = randomUUID();
  const claims = actionClaims({ connection: "acme-entra", email, userId: other });
  expect(await whose(stack.issuer.sign(fresh("waad|other"), claims))).toBe(other);
  for (const args of [
    ["member", "remove", "acme", email],
    ["identity", "block", email, "--yes"],
  ]) {
    const { status, output } = await stack.cli(...args);
    expect(status).toBe(1);
    expect(output).toMatch(/^error: several users are or were known by .*; say which one by the UUID, noth/);
    for (const each of [userId, other]) expect(output).toContain(each);
  }
  expect(await json("identity", "show", userId)).toMatchObject({ blocked: false });
});

it.each([
  ["an address of nobody", ["nobody@acme.example"], "neither a UUID nor a user's address"],
  ["a UUID with a digit too many", [`${SOMEBODY}0`], "neither a UUID nor a user's address"],
  ["a subject of a tenant that is not known", ["defualt:waad|x"], 'by a subject of tenant "defualt"'],
  ["an empty tenant", ["waad|x", "--tenant", ""], '--tenant: "" is not a tenant'],
])("identity block and sign-out do nothing to %s, unless they are forced", async (_, who, problem) => {
  for (const verb of ["block", "sign-out"]) {
    const { status, output } = await stack.cli("identity", verb, ...who, "--yes");
    expect([status > 0, output]).toEqual([true, expect.stringContaining(problem)]);
  }
});

it("identity unblock and show name the block that remains, of a subject that has signed in or not", async () => {
  const { old, userId } = await person();
  const later = fresh("waad|later");
  const unseen = "Nobody has signed in here by this subject yet.";
  expect(await run("identity", "block", later, "--yes")).toContain(`${later} is blocked. ${unseen}\n`);
  expect((await stack.cli("identity", "show", later)).output).toMatch(/blocked since \S+Z by an operator/);
  await run("identity", "block", old, "--yes");
  expect(await run("identity", "show", userId)).toMatch(`${userId}: every link is blocked.`);
  const left = await run("identity", "unblock", userId, "--yes");
  expect(left).toContain(`${old} is blocked by an operator since`);
  expect(left).toContain(`\`platform-api identity unblock '${old}'\` lifts it.`);
  expect(await run("identity", "unblock", old, "--yes")).not.toContain("still");
});

it("identity sign-out refuses every token of a user until now, linked or legacy, and none that is issued later", async () => {
  const { email, old, userId } = await person();
  const [before, later] = [await issued(email, old, 0), await issued(email, old, 2)];
  expect(await run("identity", "sign-out", userId, "--yes")).toMatch(
    new RegExp(`^${userId} is signed out: tokens that were issued until \\S+Z are refused\\.\n`),
  );
  expect(await whose(before)).toBe("TOKEN_REVOKED");
  expect(await whose(later)).toBe(userId);
  await run("identity", "block", userId, "--yes");
  await run("identity", "unblock", userId, "--yes");
  expect(await whose(before)).toBe("TOKEN_REVOKED");
  expect(await run("identity", "show", userId)).toMatch(
    / is not blocked\. Signed out everywhere: tokens that were/,
  );
  expect(await audited("userId", userId)).toContain("operator:tests identity-signed-out operator");
  expect(await stack.cli("identity", "sign-out", SOMEBODY, "--yes")).toMatchObject({ status: 1 });
  expect(await json("identity", "sign-out", SOMEBODY, "--force", "--yes")).toMatchObject({
    userId: SOMEBODY,
  });
});

it("identity sign-out refuses the tokens of one subject, also before its first login, as a subject of its tenant", async () => {
  const [email, subject] = [`${fresh("new")}@acme.example`, fresh("waad|new")];
  const [before, later] = [await issued(email, subject, 0), await issued(email, subject, 2)];
  expect(await json("identity", "sign-out", `default:${subject}`, "--yes")).toEqual({
    tenant: "default",
    subject,
    until: expect.stringMatching(/Z$/),
    sessions: "remaining",
  });
  expect(await stack.cli("identity", "show", subject)).toEqual({
    status: 1,
    output: expect.stringContaining(`is not linked\n${subject}: tokens that were issued until `),
  });
  expect(await whose(before)).toBe("TOKEN_REVOKED");
  expect(await stack.usersAt(email)).toBe(0);
  expect(await whose(later)).toMatch(/-/);
  await run("identity", "sign-out", subject, "--yes");
  expect(await run("identity", "show", subject)).toContain(`${subject}: tokens that were issued until `);
  expect(await audited("subject", subject)).toContain("operator:tests identity-signed-out operator");
});

it("a sign-out also ends the sessions at Auth0 where the second application is configured", async () => {
  const { email, old, userId } = await person();
  const revoked = `POST /api/v2/users/${encodeURIComponent(old)}/revoke-access`;
  const api = await managementApi({ [revoked]: [{ status: 202, html: "accepted" }] });
  const configured = {
    AUTH0_MANAGEMENT_URL: api.url,
    AUTH0_EVENTS_CLIENT_ID: "events",
    AUTH0_EVENTS_CLIENT_SECRET: SECRET,
  };
  const sites = { ...stack.environment, ...configured };
  const printed = await runCommand(sites, ["identity", "sign-out", userId, "--yes"]);
  expect(printed.output).toContain("every browser has to sign in again");
  const server = await stack.another(configured);
  const { auth } = server.client(await issued(email, old, 9));
  expect(await auth.signOutEverywhere.mutate()).toMatchObject({ sessions: "ended" });
  expect(api.calls()).toEqual([revoked, revoked]);
  expect(await audited("userId", userId)).toContain(`user:${userId} identity-signed-out user`);
});

it("identity show prints links, seats and memberships, by UUID and by subject", async () => {
  const { email, old, userId } = await person();
  for (const who of [userId, old]) {
    expect(await json("identity", "show", who)).toMatchObject({
      userId,
      blocked: false,
      links: [{ tenant: "default", subject: old, connection: "acme-entra", email, holdsSeat: true }],
      memberships: [{ organizationId: "acme", status: "active" }],
    });
  }
  const row = `default +${old.replace("|", "\\|")} +acme-entra +acme +verified-domain +\\S+ +held +${email}`;
  expect(await run("identity", "show", userId)).toMatch(new RegExp(`not blocked.*${row}.*acme +member`, "s"));
  expect(await stack.cli("identity", "show", old, "--tenant", "test")).toMatchObject({ status: 1 });
});

it.each([
  ["no", 1, "error: not confirmed, so nothing was changed\n"],
  ["", 1, "error: not confirmed, so nothing was changed\n"],
  ["yes\n", 0, expect.stringContaining("is no longer linked")],
])("identity unlink asks on a terminal: the answer %j exits %i", async (answer, status, told) => {
  const { old, userId } = await person();
  const asked = await stack.onTerminal(() => answer, "identity", "unlink", old);
  expect(asked).toMatchObject({ status, output: told });
  expect(asked.questions).toEqual([
    `${old} will no longer be ${userId} on acme-entra: its next login is treated as a first login. Type yes to go on: `,
  ]);
  expect((await stack.cli("identity", "show", old)).status).toBe(status === 0 ? 1 : 0);
});

it("identity relink shows the user before it asks for confirmation", async () => {
  const { userId, email } = await person();
  await stack.cli("identity", "block", userId, "--yes");
  const args = ["identity", "relink", fresh("waad|new"), userId, "--connection", "acme-entra"];
  const { questions } = await stack.onTerminal(() => "no\n", ...args);
  expect(questions).toEqual([
    expect.stringContaining(`will be ${userId} (${email}, blocked) on acme-entra.`),
  ]);
});

it("connection relink-window opens and closes a window, and lists who has taken over a seat", async () => {
  const window = (...args: string[]) => run("connection", "relink-window", "acme-entra", ...args);
  const { email, old, renewed, userId } = await person();
  expect(await window("--until", new Date(Date.now() + 3_600_000).toISOString())).toMatch(
    /^The relink window of acme-entra is open from \S+Z until \S+Z\.\n$/,
  );
  // The process that lets the new account in has cached the link of the old one.
  const cached = await stack.another({ IDENTITY_CACHE_MS: "60000" });
  expect(await whose(entra(email, old), cached)).toBe(userId);
  expect(await whose(entra(email, renewed), cached)).toBe(userId);
  expect(await whose(entra(email, old), cached)).toBe("IDENTITY_CONFLICT");
  const summary = await window("--close");
  expect(summary).toMatch(/^No relink window is open for acme-entra; the last one was from .*\nAT /);
  expect(summary).toMatch(new RegExp(`Z +${userId} +${`${old} +${renewed}`.replaceAll("|", "\\|")}\n$`));
  expect(JSON.parse(await window("--json"))).toMatchObject({
    window: { open: false },
    takenOver: [{ oldSubject: old, newSubject: renewed }],
  });
});

/** What the table holds of somebody but notices, which expire within an hour. */
async function named(...names: string[]) {
  return (await stack.items()).filter((item) => names.some((name) => JSON.stringify(item).includes(name)));
}

/** How many refusals are kept of an address: a request does not wait for that. */
const refusalsOf = async (email: string) =>
  (await named(email)).filter((item) => JSON.stringify(item).includes('"refusal"')).length;

it("identity erase takes every address and subject away, and nobody inherits what was theirs by the mailbox", async () => {
  const { email, old, renewed, userId } = await person();
  const before = await entra(email, old);
  expect(await whose(entra(email, renewed))).toBe("IDENTITY_CONFLICT");
  await expect.poll(() => refusalsOf(email)).toBe(1);
  await run("invitation", "create", "globex", email, "--role", "member");
  const plan = await json("identity", "erase", userId, "--plan");
  expect(plan).toMatchObject({ userId, addresses: [email], refused: [], unsolved: [], changed: false });
  expect(plan.goes.map(({ type }: { type: string }) => type).sort()).toEqual([
    "audit-entry",
    "invitation",
    "link",
    "member-place",
    "member-word",
    "membership",
    "refusal",
    "seat",
  ]);
  expect(plan.elsewhere[0]).toContain(`delete ${old}`);
  expect((await named(email, old)).length).toBeGreaterThan(5);
  const printed = await run("identity", "erase", userId, "--yes");
  expect(printed).toContain("What goes:\nITEMS  OF TYPE");
  expect(printed).toContain(
    `${userId} is erased: nothing in the table has an address or a subject that is known to be theirs`,
  );
  expect(await named(email, old, renewed)).toEqual([]);
  expect(await whose(before)).toBe("TOKEN_REVOKED");
  for (const subject of [old, renewed])
    expect(await whose(issued(email, subject, 9))).toBe("IDENTITY_CONFLICT");
  const byPassword = await stack.issuer.sign(fresh("auth0|later"), {
    ...actionClaims({ connection: "Username-Password-Authentication", email, emailVerified: true }),
    iat: Math.floor(Date.now() / 1_000) + 9,
  });
  expect(await whose(byPassword)).toBe("IDENTITY_CONFLICT");
  expect(await run("identity", "show", userId)).toContain("Erased since ");
  expect(await stack.cli("identity", "allow", userId, "acme", "--yes")).toMatchObject({ status: 1 });
  expect(await run("member", "list", "acme", "--query", userId)).toMatch(/\(erased\) +member +removed/);
  expect(await refusalsOf(email)).toBe(0); // nobody keeps who was refused for having been erased
  expect(await run("identity", "erase", userId, "--yes")).toContain(`${userId} is erased: nothing`);
  expect(await run("identity", "erase", userId, "--yes")).toContain(
    `${userId} is erased. Nothing to change.`,
  );
  expect(await named(email)).toEqual([]);
  expect((await audited("userId", userId)).filter((each) => each.includes("identity-erased"))).toEqual([
    "operator:tests identity-erased",
    "operator:tests identity-erased",
  ]);
  expect(await stack.cli("table", "verify")).toMatchObject({ status: 0 });
});

it("identity erase asks on a terminal behind its plan, and changes nothing without a yes", async () => {
  const { email, userId } = await person();
  const asked = await stack.onTerminal(() => "no\n", "identity", "erase", userId);
  expect(asked).toMatchObject({ status: 1, output: expect.stringContaining("What stays:") });
  expect(asked.questions).toEqual([
    `All of this goes, and cannot be brought back: ${userId} is erased. Type yes to go on: `,
  ]);
  expect(await named(email)).not.toEqual([]);
});

it("identity erase says what to do where the user is an organization's last owner", async () => {
  const owner = await login.password("solo@elsewhere.example");
  const userId = (await whose(owner)) ?? "";
  const id = fresh("solo");
  await run("org", "create", id, "--name", "Solo", "--owner", "solo@elsewhere.example");
  await stack.client(owner).org.me.query();
  const { status, output } = await stack.cli("identity", "erase", userId, "--yes");
  expect([status, output]).toEqual([
    1,
    expect.stringMatching(
      new RegExp(`nothing was changed.*\n${id}: it keeps its last owner: first make another one`),
    ),
  ]);
  expect(await json("member", "list", id)).toMatchObject({ items: [{ userId, status: "active" }] });
});

it("identity erase says what it has changed where the user has become the last owner since it was planned", async () => {
  const id = fresh("duo");
  const [one, other] = [`${fresh("one")}@elsewhere.example`, `${fresh("other")}@elsewhere.example`];
  await run("org", "create", id, "--name", "Duo", "--owner", one);
  await run("invitation", "create", id, other, "--role", "owner");
  const [owner, another] = [await login.password(one), await login.password(other)];
  for (const token of [owner, another]) await stack.client(token).org.me.query();
  const [userId, theirs] = [await whose(owner), await whose(another)];
  const answer = async () => {
    await run("member", "remove", id, theirs ?? "");
    return "yes\n";
  };
  expect(await stack.onTerminal(answer, "identity", "erase", userId ?? "")).toMatchObject({
    status: 1,
    output: expect.stringMatching(
      new RegExp(
        `not erased, because .*\n${id}: it keeps its last owner.*\nThey are removed from no .*, and not signed out\\. Then run`,
      ),
    ),
  });
  expect(await whose(owner)).toBe(userId);
});

it("identity export prints everything of a user with its meaning, and nobody else's address", async () => {
  const { email, old, userId } = await person();
  const other = await person();
  const exported = await json("identity", "export", userId);
  expect(exported).toMatchObject({
    userId,
    subjects: [{ tenant: "default", subject: old }],
    addresses: [email],
    items: { link: [{ subject: old, email }], membership: [{ organizationId: "acme", email }], seat: [{}] },
    meanings: { link: { subject: "Auth0's id of the account" } },
  });
  expect(exported.items["audit-entry"].map(({ action }: { action: string }) => action)).toEqual(
    expect.arrayContaining(["identity-linked", "membership-created"]),
  );
  expect(JSON.stringify(exported)).not.toContain(other.email);
  expect(JSON.parse(await run("identity", "export", userId)).items).toEqual(exported.items);
});

it("identity find prints what the table has of all addresses at a domain", async () => {
  const { email, old, userId } = await person();
  await run("invitation", "create", "acme", `guest-of-${email}`, "--role", "member");
  const found = await json("identity", "find", "ACME.example");
  expect(found.domain).toBe("acme.example");
  expect(found.links).toContainEqual(
    expect.objectContaining({ email, userId, subject: old, holdsSeat: true }),
  );
  expect(found.memberships).toContainEqual(
    expect.objectContaining({ email, userId, organizationId: "acme" }),
  );
  expect(found.invitations).toContainEqual(
    expect.objectContaining({ email: `guest-of-${email}`, state: "open" }),
  );
  expect(await run("identity", "find", "e.example")).toBe(
    "No links at e.example.\n\nNo memberships.\n\nNo invitations.\n",
  );
});

it.each([
  [["erase", "waad|x", "--yes"], 2, "is neither a UUID nor an e-mail address"],
  [["erase", NOBODY, "--yes"], 1, "nothing in the table names"],
  [["erase", NOBODY], 2, "not running in a terminal"],
  [["erase", NOBODY, "--subject", NOBODY, "--yes"], 2, "is a UUID, not a subject"],
  [["export", NOBODY], 1, "nothing in the table names"],
  [["find", "acme"], 2, '"acme" is not a domain such as acme.example'],
  [["find", "@acme.example"], 2, "is not an e-mail address"],
])("identity %j exits %i and says why", async (args, status, problem) => {
  expect(await stack.cli("identity", ...args)).toEqual({ status, output: expect.stringContaining(problem) });
});
