import { randomUUID } from "node:crypto";
import { type CljClient, createCljClient } from "@platform-api/clj-client";
import { USER_ID_PATTERN } from "@platform-api/server/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** A running user directory, real or fake. */
export interface RunningDirectory {
  /** The base address of the contract's paths. */
  readonly url: string;
  /** The service token it accepts. */
  readonly token: string;
  close(): void | Promise<void>;
}

const UUID = new RegExp(USER_ID_PATTERN);
const ENSURE = "api/v1/users/ensure";
const BY_EMAIL = "api/v1/users/by-email";

/**
 * The contract of every user directory. Each run uses new addresses, so that it can be repeated against a directory
 * that keeps its users.
 */
export function describeUserDirectory(name: string, start: () => Promise<RunningDirectory>): void {
  describe(`user directory: ${name}`, () => {
    let directory: RunningDirectory;
    let client: CljClient;

    beforeAll(async () => {
      directory = await start();
      client = clientWith(directory.token);
    });
    afterAll(() => directory?.close());

    function clientWith(token: string): CljClient {
      return createCljClient({ url: directory.url, token, attemptMs: 5_000, deadlineMs: 10_000 });
    }

    /** Sends what the client never sends, and returns what it never shows. */
    function send(path: string, body: string | null, authorization = `Bearer ${directory.token}`) {
      const headers = { "content-type": "application/json", ...(authorization && { authorization }) };
      const url = new URL(path, `${directory.url.replace(/\/$/, "")}/`);
      return fetch(url, { method: body === null ? "GET" : "POST", headers, body });
    }

    describe.each(["ensure", "byEmail"] as const)("%s", (call) => {
      it("creates a user at the first call and then finds the same one", async () => {
        const email = newAddress();
        const created = await client[call]({ email, name: "Jane Doe" });
        expect(created).toMatchObject({ email, created: true, id: expect.stringMatching(UUID) });
        expect(await client[call]({ email })).toEqual({ ...created, created: false });
      });

      it("ignores the case of an address", async () => {
        const email = newAddress();
        const { id } = await client[call]({ email });
        const found = await client[call]({ email: email.toUpperCase() });
        expect(found).toMatchObject({ id, created: false });
        expect(found.email.toLowerCase()).toBe(email);
      });

      it("creates one user for 20 concurrent calls and reports it once", async () => {
        const email = newAddress();
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, i) => client[call]({ email: i % 2 ? email : email.toUpperCase() })),
        );
        expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
        expect(answers.filter((answer) => answer.created)).toHaveLength(1);
      });

      it("distinguishes addresses that only a mail server could treat as the same", async () => {
        const base = newAddress();
        const dotted = base.replace("jane", "j.ane");
        const tagged = base.replace("@", "+tag@");
        const ids = [];
        for (const email of [base, dotted, tagged]) ids.push((await client[call]({ email })).id);
        expect(new Set(ids).size).toBe(3);
      });
    });

    it("creates an unverified user by ensure and a verified one by by-email", async () => {
      expect(await client.ensure({ email: newAddress() })).toMatchObject({ emailVerified: false });
      expect(await client.byEmail({ email: newAddress() })).toMatchObject({ emailVerified: true });
    });

    it("leaves a verified user verified on ensure", async () => {
      const email = newAddress();
      await client.byEmail({ email });
      expect(await client.ensure({ email })).toMatchObject({ created: false, emailVerified: true });
    });

    it("marks an unverified user as verified on by-email", async () => {
      const email = newAddress();
      const { id } = await client.ensure({ email });
      expect(await client.byEmail({ email })).toMatchObject({ id, created: false, emailVerified: true });
      expect(await client.findByEmail(email)).toMatchObject({ id, emailVerified: true });
    });

    it.each([
      ["plus and dots", (unique: string) => `j.a.n.e+tag.${unique}@contract.example`],
      ["a slash", (unique: string) => `a/b/${unique}@contract.example`],
      ["an encoded dot segment", (unique: string) => `%2e%2e${unique}@contract.example`],
      ["every reserved character of a URL", (unique: string) => `o'hara?a=b&c#d%;${unique}@contract.example`],
      ["letters outside ASCII", (unique: string) => `jürgen.北京.${unique}@contract.example`],
      ["a domain of one label", (unique: string) => `${unique}@localhost`],
    ])("ensures and finds an address with %s, and echoes it", async (_, address) => {
      const email = address(randomUUID());
      const { id } = await client.ensure({ email });
      expect(await client.findByEmail(email)).toEqual({ id, email, emailVerified: false });
    });

    it("distinguishes letters that look alike", async () => {
      const unique = randomUUID();
      const ids = [];
      for (const letter of ["u", "ü", "u\u0308"]) {
        ids.push((await client.ensure({ email: `m${letter}ller.${unique}@contract.example` })).id);
      }
      expect(new Set(ids).size).toBe(3);
    });

    it("finds a user in any letter case, and creates none while searching", async () => {
      const email = newAddress();
      expect(await client.findByEmail(email)).toBeNull();
      expect(await client.findByEmail(email)).toBeNull();
      const { id } = await client.ensure({ email });
      expect(await client.findByEmail(email.toUpperCase())).toMatchObject({ id, emailVerified: false });
    });

    it.each([201, 200])("answers ensure and by-email with status %i", async (status) => {
      for (const path of [ENSURE, BY_EMAIL]) {
        const body = JSON.stringify({ email: newAddress() });
        if (status === 200) await send(path, body);
        const response = await send(path, body);
        expect(response.status).toBe(status);
        expect(response.headers.get("content-type")).toMatch(/^application\/json/);
        expect(await response.json()).toMatchObject({ created: status === 201 });
      }
    });

    it.each([
      ["another service token", "Bearer another-token"],
      ["another scheme", "Basic another-token"],
      ["no token", ""],
    ])("answers 401 to %s, before it looks at anything else", async (_, authorization) => {
      expect(await statusOf(send(ENSURE, "{", authorization))).toBe(401);
      expect(await statusOf(send(BY_EMAIL, "{", authorization))).toBe(401);
      expect(await statusOf(send(`admin/user/${newAddress()}`, null, authorization))).toBe(401);
    });

    it("creates nothing for a wrong service token", async () => {
      const email = newAddress();
      const refused = clientWith("another-token").ensure({ email });
      await expect(refused).rejects.toMatchObject({ failure: "status", status: 401 });
      expect(await client.findByEmail(email)).toBeNull();
    });

    it.each(["not-an-address", "two@@contract.example", "white space@contract.example", "jane@localhost"])(
      "answers 422 to by-email for %o",
      async (email) => {
        await expect(client.byEmail({ email })).rejects.toMatchObject({ failure: "status", status: 422 });
      },
    );

    it.each(["", "{", "null", "[]", "{}", '{"email":1}', '{"email":""}', '{"email":"a@b.example","name":1}'])(
      "answers 400 to the body %o",
      async (body) => {
        expect(await statusOf(send(ENSURE, body))).toBe(400);
        expect(await statusOf(send(BY_EMAIL, body))).toBe(400);
      },
    );
  });
}

function newAddress(): string {
  return `jane.${randomUUID()}@contract.example`;
}

async function statusOf(response: Promise<Response>): Promise<number> {
  const { status, body } = await response;
  await body?.cancel();
  return status;
}
