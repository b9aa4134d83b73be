import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { EVENTS_CLIENT, type IdentityProvider } from "../index.ts";
import { runningTenant, signIn, Visitor } from "../running-tenant.fixture.ts";
import { askForToken, call } from "./management.fixture.ts";

const JANE = { email: "jane@acme.example", connection: "acme-entra" };
const USERS = ["user.created", "user.updated", "user.deleted"];
const frameSchema = z.object({
  offset: z.string(),
  event: z
    .object({
      type: z.string(),
      time: z.string(),
      data: z.object({ object: z.looseObject({ user_id: z.string() }) }),
    })
    .optional(),
});

async function tokenOf({ issuer }: IdentityProvider, scope = "read:events"): Promise<string> {
  const client = { client_id: EVENTS_CLIENT.clientId, client_secret: EVENTS_CLIENT.clientSecret };
  const { body } = await askForToken(issuer, { ...client, scope });
  return z.object({ access_token: z.string() }).parse(body).access_token;
}

/** Opens a stream and collects its text. */
async function open(provider: IdentityProvider, query: Record<string, string> = {}, types = USERS) {
  const url = new URL("api/v2/events", provider.issuer);
  for (const type of types) url.searchParams.append("event_type", type);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const end = new AbortController();
  onTestFinished(() => end.abort());
  const headers = { authorization: `Bearer ${await tokenOf(provider)}` };
  const response = await fetch(url, { headers, signal: end.signal });
  let text = "";
  const ended = (async () => {
    for await (const chunk of response.body ?? []) text += new TextDecoder().decode(chunk);
  })().catch(() => {});
  const frames = () =>
    [...text.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => frameSchema.parse(JSON.parse(data)));
  return { response, ended, text: () => text, frames };
}

/** Presses a button of a user's row. */
async function press({ issuer }: IdentityProvider, action: string, subject: string) {
  const { html, status } = await new Visitor(issuer).visit("/users", { action, subject });
  expect([status, html]).toEqual([200, expect.stringContaining(JANE.email)]);
}

async function subjectOf({ issuer }: IdentityProvider): Promise<string> {
  const { html } = await new Visitor(issuer).visit("/users");
  const [, subject = ""] = /value="(waad[^"]+)"/.exec(html) ?? [];
  return subject.replace("&#124;", "|");
}

test("tells at once whom the page of the users blocks, unblocks and deletes, in Auth0's framing", async () => {
  const provider = await runningTenant();
  const subject = await subjectOf(provider);
  const { frames, text, response } = await open(provider);
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  await press(provider, "block", subject);
  await press(provider, "unblock", subject);
  const { html } = await new Visitor(provider.issuer).visit("/users", { action: "delete", subject });
  expect(html).not.toContain(JANE.email);
  await signIn(provider.issuer, JANE);
  await expect.poll(() => frames().length).toBe(4);
  const told = frames().map(({ event }) => [
    event?.type,
    event?.data.object.user_id,
    event?.data.object.blocked,
  ]);
  expect(told).toEqual([
    ["user.updated", subject, true],
    ["user.updated", subject, undefined],
    ["user.deleted", subject, undefined],
    ["user.created", subject, undefined],
  ]);
  expect(text()).toMatch(
    /^:connected\n\nretry: 2000\n\nevent: user\.updated\nid: \d{12}\ndata: \{.*\}\n\nevent: /,
  );
});

test("goes on behind an offset, tells other types by their offset alone, and says what is lost", async () => {
  const provider = await runningTenant();
  const subject = await subjectOf(provider);
  await press(provider, "block", subject);
  await press(provider, "unblock", subject);
  const { frames } = await open(provider, { from_timestamp: "2026-01-01T00:00:00Z" }, ["user.updated"]);
  await expect.poll(() => frames().length).toBeGreaterThan(1);
  expect(
    frames()
      .slice(-3)
      .map(({ event }) => event?.type),
  ).toEqual([undefined, "user.updated", "user.updated"]);
  const [block, unblock] = frames().slice(-2);
  const rest = await open(provider, { from: block?.offset ?? "" });
  await expect.poll(() => rest.frames().length).toBeGreaterThan(0);
  expect(rest.frames().map(({ offset }) => offset)).toEqual([unblock?.offset]);
  provider.events.forget();
  expect((await open(provider, { from: block?.offset ?? "" })).response.status).toBe(410);
  expect((await open(provider, { from: "guess" })).response.status).toBe(400);
  expect((await open(provider, {}, [])).response.status).toBe(400);
  expect((await open(provider, { from: unblock?.offset ?? "" })).response.status).toBe(200);
});

test("ends each connection after a while", async () => {
  const { ended, text } = await open(await runningTenant({ eventsCycleMs: 50 }));
  await ended;
  expect(text()).toContain("retry: 2000");
});

test("shows a user, and ends their sessions and refresh tokens, to the application for it alone", async () => {
  const provider = await runningTenant();
  const { issuer } = provider;
  const subject = await subjectOf(provider);
  const visitor = new Visitor(issuer);
  await visitor.signIn({ ...JANE, login_hint: JANE.email }, { email: JANE.email });
  const silent = async () =>
    (await visitor.authorize({ connection: JANE.connection, prompt: "none" })).url.search;
  expect(await silent()).toContain("code=");
  const path = `users/${encodeURIComponent(subject)}`;
  const token = await tokenOf(provider, "read:users delete:sessions delete:refresh_tokens");
  expect(await call(issuer, token, `GET ${path}?fields=user_id,blocked`)).toEqual({
    status: 200,
    body: { user_id: subject },
  });
  const byEmail = (email: string) =>
    call(issuer, token, `GET users-by-email?email=${encodeURIComponent(email)}&fields=user_id`);
  expect(await byEmail(JANE.email)).toEqual({ status: 200, body: [{ user_id: subject }] });
  expect(await byEmail("nobody@acme.example")).toEqual({ status: 200, body: [] });
  expect(await call(issuer, token, "GET users/nobody")).toMatchObject({ status: 400 });
  expect(await call(issuer, token, "GET users/okta%7Cnobody")).toMatchObject({ status: 404 });
  expect(await call(issuer, await tokenOf(provider), `GET ${path}`)).toMatchObject({ status: 403 });
  expect(await call(issuer, token, `POST ${path}/revoke-access`, {})).toMatchObject({ status: 202 });
  expect(await silent()).toContain("error=login_required");
});

test("nobody signs in to a blocked account, or goes on with its session", async () => {
  const provider = await runningTenant();
  const visitor = new Visitor(provider.issuer);
  await visitor.signIn({ ...JANE, login_hint: JANE.email }, { email: JANE.email });
  await press(provider, "block", await subjectOf(provider));
  const { url } = await visitor.authorize({ connection: JANE.connection, prompt: "none" });
  expect(url.search).toContain("error=login_required");
  const { html } = await new Visitor(provider.issuer).signIn(
    { ...JANE, login_hint: JANE.email },
    { email: JANE.email },
  );
  expect(html).toContain("jane@acme.example is blocked.");
});
