import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import type { Resolution } from "@platform-api/leak";
import type { Environment } from "@platform-api/platform-api";
import { expect, it, onTestFinished } from "vitest";
import { composeResolve } from "../../../apps/platform-api/src/compose/leak.ts";
import {
  type Answer,
  managementApi,
  SECRET,
} from "../../server/src/adapters/auth0/management-api.fixture.ts";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";
import { whose } from "../simulator/stack.ts";
import { makeTable } from "./runs-table.ts";

const stack = stackOfTests();
const login = logins(stack);
const folder = folderOfTests("leak");

const FIELDS = encodeURIComponent("user_id,blocked,email,email_verified,app_metadata,identities");
const SOMEBODY = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab";

/** What Auth0 has of an account: by default one of Acme's own, whose provider does not verify addresses. */
interface Case {
  readonly subject?: string;
  readonly connection?: string;
  readonly domain?: string;
  readonly account?: object;
  /** Other accounts with the same address. */
  readonly others?: readonly object[];
  readonly isRegistered?: boolean;
}

function identityOf(subject: string, connection: string) {
  return { provider: subject.split("|")[0], connection, user_id: "x", isSocial: false };
}

async function resolveBy(settings: Environment, subjects: readonly string[]) {
  const { resolve, close } = composeResolve({ env: { ...stack.environment, ...settings } });
  try {
    return await resolve(subjects, AbortSignal.timeout(20_000));
  } finally {
    close();
  }
}

/** Resolves a subject by an Auth0 that has this account of it. */
async function resolveAt(answers: Readonly<Record<string, readonly Answer[]>>, subject: string, more = {}) {
  const api = await managementApi(answers);
  const settings = {
    AUTH0_MANAGEMENT_URL: api.url,
    AUTH0_EVENTS_CLIENT_ID: "events",
    AUTH0_EVENTS_CLIENT_SECRET: SECRET,
    ...more,
  };
  return (await resolveBy(settings, [subject])).get(subject);
}

const userRoute = (subject: string) => `GET /api/v2/users/${encodeURIComponent(subject)}?fields=${FIELDS}`;

async function judged(given: Case) {
  const { subject = fresh("waad|id"), connection = "acme-entra", domain = "acme.example" } = given;
  const email = `${fresh("person")}@${domain}`;
  const registered = given.isRegistered === false ? null : (await stack.directory.ensure({ email })).id;
  const account = {
    user_id: subject,
    email,
    email_verified: false,
    identities: [identityOf(subject, connection)],
    ...given.account,
  };
  const others = (given.others ?? []).map((other) => ({ ...account, ...other }));
  const query = new URLSearchParams({ email, fields: decodeURIComponent(FIELDS) });
  const answers = {
    [userRoute(subject)]: [{ json: account }],
    [`GET /api/v2/users-by-email?${query}`]: [{ json: [account, ...others] }],
  };
  return { email, subject, registered, resolve: (more = {}) => resolveAt(answers, subject, more) };
}

const OTHER = identityOf("waad|other", "acme-entra");
const ELSEWHERE = identityOf("okta|other", "umbrella-okta");
const SIGNED = { app_metadata: { capitol_user_id: SOMEBODY } };
const PASSWORD = { subject: fresh("auth0|id"), connection: "Username-Password-Authentication" };

it.each<[string, Case, string]>([
  ["whose address its connection may vouch for is the directory's user", {}, "directory"],
  [
    "with another account of another connection is the directory's user",
    { others: [{ user_id: "okta|other", identities: [ELSEWHERE] }] },
    "directory",
  ],
  [
    "of a password with a verified address is the directory's user",
    { ...PASSWORD, domain: "free.example", account: { email_verified: true } },
    "directory",
  ],
  ["without a user in the directory is unknown", { isRegistered: false }, "the directory has no user"],
  ["with an address of another organization is unknown", { domain: "globex.example" }, "vouch for"],
  ["of a connection that is not registered is unknown", { connection: "evil" }, "is not registered"],
  [
    "of a password with an address that is not verified is unknown",
    { ...PASSWORD, domain: "free.example" },
    "is not verified",
  ],
  [
    "of a password with an address of an organization that enforces SSO is unknown",
    { ...PASSWORD, domain: "initech.example", account: { email_verified: true } },
    "enforce SSO",
  ],
  ["without an address is unknown", { account: { email: null } }, "has no address at Auth0"],
  ["with an address that is not one is unknown", { account: { email: "x" } }, "not in the usual form"],
  ["that is blocked at Auth0 is unknown", { account: { blocked: true } }, "blocked at Auth0"],
  [
    "with linked accounts is unknown",
    { account: { identities: [OTHER, ELSEWHERE] } },
    "several accounts are linked",
  ],
  [
    "with another account of its connection is unknown",
    { others: [{ user_id: "waad|other", identities: [OTHER] }] },
    "a recycled mailbox",
  ],
  ["whose signed user id is not the directory's is unknown", { account: SIGNED }, "its signed user id"],
  [
    "whose signed user id is not a UUID is unknown",
    { account: { app_metadata: { capitol_user_id: "jane" } } },
    "not a user id",
  ],
  [
    "whose signed user id is not a text is unknown",
    { account: { app_metadata: { capitol_user_id: 7 } } },
    "not a user id",
  ],
  ["of a machine is unknown", { subject: `${fresh("waad|x")}@clients` }, "not a person's"],
])("a subject that is not linked %s", async (_, given, expected) => {
  const { email, registered, resolve } = await judged(given);
  const before = await stack.items();
  const resolution = await resolve();
  if (expected === "directory") expect(resolution).toEqual({ userId: registered, by: "directory" });
  else expect(resolution).toEqual({ userId: null, why: expect.stringContaining(expected) });
  expect(JSON.stringify(resolution)).not.toContain(email);
  expect(await stack.items()).toEqual(before);
  expect(await stack.usersAt(email)).toBe(given.isRegistered === false ? 0 : 1);
});

it("a subject whose seat another one holds is unknown: a recycled mailbox", async () => {
  const { email, subject, resolve } = await judged({});
  const userId = await whose(stack, login.entra(email));
  expect(await resolve()).toEqual({ userId: null, why: expect.stringContaining("holds the user's seat") });
  const { status } = await stack.cli("identity", "block", subject, "--yes");
  expect([status, userId]).toEqual([0, expect.stringMatching(/-/)]);
  expect(await resolve()).toEqual({ userId: null, why: expect.stringContaining("blocked this subject") });
});

it("an account whose address has capitals is compared with accounts of either spelling", async () => {
  const [subject, local] = [fresh("waad|id"), fresh("person")];
  const [email, spelled] = [`${local}@acme.example`, `${local.toUpperCase()}@Acme.example`];
  const { id } = await stack.directory.ensure({ email });
  const account = { user_id: subject, email: spelled, identities: [identityOf(subject, "acme-entra")] };
  const by = (address: string) =>
    `GET /api/v2/users-by-email?${new URLSearchParams({ email: address, fields: decodeURIComponent(FIELDS) })}`;
  const at = (others: readonly object[]) =>
    resolveAt(
      {
        [userRoute(subject)]: [{ json: account }],
        [by(spelled)]: [{ json: [account] }],
        [by(email)]: [{ json: others }],
      },
      subject,
    );
  expect(await at([])).toEqual({ userId: id, by: "directory" });
  const rival = { ...account, user_id: "waad|other", email };
  expect(await at([rival])).toEqual({ userId: null, why: expect.stringContaining("recycled mailbox") });
});

it("report mode does not make an address trusted", async () => {
  const { resolve } = await judged({ domain: "free.example" });
  const resolution = await resolve({ TRUST_MODE: "report" });
  expect(resolution).toEqual({ userId: null, why: expect.stringContaining("vouch for") });
});

it.each<[string, Answer, string]>([
  ["gone", { status: 404 }, "does not exist at Auth0"],
  ["not a user's id", { status: 400 }, "does not take it for a user's id"],
])("a subject that is %s at Auth0 is unknown", async (_, answer, why) => {
  const subject = fresh("waad|id");
  const resolution = await resolveAt({ [userRoute(subject)]: [answer] }, subject);
  expect(resolution).toEqual({ userId: null, why: expect.stringContaining(why) });
});

it("resolves those of many subjects that are linked by their links, without Auth0 and the directory", async () => {
  const subjects = Array.from({ length: 100 }, () => fresh("waad|id"));
  const linked = new Map<string, Resolution>();
  for (const subject of subjects.slice(0, 3)) {
    const userId = await whose(stack, login.entra(`${fresh("person")}@acme.example`, { subject }));
    linked.set(subject, { userId, by: "link" });
  }
  const resolved = await resolveBy({ CLJ_PG_WRAPPER_URL: "" }, subjects);
  const why = expect.stringContaining("Auth0 is not configured");
  expect(resolved).toEqual(
    new Map(subjects.map((subject) => [subject, linked.get(subject) ?? { userId: null, why }])),
  );
});

it.each<[string, Answer | null, Environment, string]>([
  ["Auth0", { status: 503 }, {}, "AUTH0_UNAVAILABLE"],
  ["Auth0, which refuses the scope,", { status: 403 }, {}, "AUTH0_UNAVAILABLE"],
  ["the directory", null, { CLJ_PG_WRAPPER_TOKEN: "wrong" }, "DIRECTORY_UNAVAILABLE"],
  ["the store", null, { DYNAMODB_TABLE: "missing" }, "STORE_UNAVAILABLE"],
])("a failure of %s is not taken for an unknown subject", async (_, answer, settings, reason) => {
  const { subject, resolve } = await judged({});
  const resolution =
    answer === null ? resolve(settings) : resolveAt({ [userRoute(subject)]: [answer] }, subject);
  await expect(resolution).rejects.toMatchObject({ reason });
});

/** A linked subject, and the user it is linked to. */
async function linked() {
  const subject = fresh("waad|id");
  const userId = await whose(stack, login.entra(`${fresh("person")}@acme.example`, { subject }));
  return { subject, userId };
}

it("repairs a DynamoDB table by its plan, and takes it back", async () => {
  const { endpoint } = stack.dynamodb;
  const { subject, userId } = await linked();
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDB({ region: "eu-central-1", endpoint, credentials });
  onTestFinished(() => client.destroy());
  const TableName = fresh("runs");
  await makeTable(client, {
    TableName,
    AttributeDefinitions: [{ AttributeName: "owner", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "owner", KeyType: "HASH" }],
  });
  const item = (owner: string, by: string) => ({ owner: { S: owner }, by: { L: [{ S: by }] } });
  const before = [item(subject, subject), item("team", subject), item("other", "auth0|unknown")];
  for (const Item of before) await client.putItem({ TableName, Item });
  const stored = async () => {
    const { Items = [] } = await client.scan({ TableName });
    return Items.map((each) => [each.owner?.S, each.by?.L?.[0]?.S]).sort();
  };
  const found = await stored();
  const plan = join(folder, "plan");
  const leak = (...args: string[]) => stack.cli("leak", ...args, "--dynamodb", TableName);
  expect(await leak("scan", "--state", join(folder, "state"))).toMatchObject({ status: 1 });
  expect(await leak("plan", "-o", plan)).toMatchObject({ status: 0 });
  expect(await leak("apply", plan, "--yes")).toMatchObject({ status: 1 }); // one is left
  const after = [
    ["other", "auth0|unknown"],
    ["team", userId],
    [userId, userId],
  ];
  expect(await stored()).toEqual(after.sort());
  expect(await leak("undo", `${plan}.undo`, "--yes")).toMatchObject({ status: 0 });
  expect(await stored()).toEqual(found);
});

it("plans what is to be changed in a file, and leaves it to the program that owns the file", async () => {
  const { subject, userId } = await linked();
  const [file, plan] = [join(folder, "export.ndjson"), join(folder, "file.plan")];
  writeFileSync(file, `{"by":"nobody"}\n{"by":"${subject}"}\n`);
  expect(await stack.cli("leak", "plan", "--ndjson", file, "-o", plan)).toMatchObject({ status: 0 });
  const lines = readFileSync(plan, "utf8").trim().split("\n");
  const changes = [{ column: "by", path: [], subject, userId, why: "link" }];
  expect(lines.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ kind: "row", key: ["2"], changes }),
  );
  const { status, output } = await stack.cli("leak", "apply", plan, "--dynamodb", "runs", "--yes");
  expect([status, output]).toEqual([2, expect.stringContaining("a file is not changed here")]);
});
