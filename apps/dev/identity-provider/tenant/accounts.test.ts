import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LoginRefused } from "../../token/login.ts";
import { DEVELOPMENT_PASSWORD, PASSWORD_CONNECTION } from "../index.ts";
import { claimsOf, dataFolder, runningTenant, signIn } from "../running-tenant.fixture.ts";

const NAMESPACE = "https://platform-api.example/";

describe("subject", () => {
  async function subjectOf(issuer: string, email: string, connection: string) {
    const claims = await claimsOf(issuer, { email, connection });
    expect(claims[`${NAMESPACE}email`]).toBe(email.toLowerCase());
    return claims.sub;
  }

  test("belongs to one user of one connection, however the address is written", async () => {
    const { issuer } = await runningTenant();
    const first = await subjectOf(issuer, "Joe@ACME.example", "acme-entra");
    expect(await subjectOf(issuer, "joe@acme.example", "acme-entra")).toBe(first);
    expect(await subjectOf(issuer, "joan@acme.example", "acme-entra")).not.toBe(first);
    expect(await subjectOf(issuer, "joe@acme.example", "umbrella-okta")).not.toBe(first);
  });

  test("survives restarts, even when an example account has changed since", async () => {
    const folder = await dataFolder();
    const subjects: unknown[] = [];
    for (const emailVerified of [false, true]) {
      const accounts = [
        { email: "jane@acme.example", name: "Jane", connection: "acme-entra", emailVerified },
      ];
      const { issuer, close } = await runningTenant({ dataFolder: folder, accounts });
      for (const email of ["jane@acme.example", "new@acme.example"]) {
        const claims = await claimsOf(issuer, { email, connection: "acme-entra" });
        subjects.push(claims.sub);
        if (email.startsWith("jane")) expect(claims[`${NAMESPACE}email_verified`]).toBe(emailVerified);
      }
      await close();
    }
    const [jane, stranger, janeAgain, strangerAgain] = subjects;
    expect([janeAgain, strangerAgain]).toEqual([jane, stranger]);
  });
});

describe("password account", () => {
  const newcomer = { email: "new@x.example", password: "long-enough" };

  test("created by a sign-up has an unverified address and can sign in afterwards", async () => {
    const folder = await dataFolder();
    const first = await runningTenant({ dataFolder: folder });
    const claims = await claimsOf(first.issuer, { ...newcomer, isSignUp: true });
    expect(claims).toMatchObject({
      sub: expect.stringMatching(/^auth0\|[0-9a-f]{24}$/),
      [`${NAMESPACE}email`]: "new@x.example",
      [`${NAMESPACE}email_verified`]: false,
    });
    await first.close();
    const { issuer } = await runningTenant({ dataFolder: folder });
    expect((await claimsOf(issuer, newcomer)).sub).toBe(claims.sub);
    await expect(signIn(issuer, { ...newcomer, password: "guess" })).rejects.toThrow("Wrong password");
  });

  test("takes the password of an example account that replaces it", async () => {
    const folder = await dataFolder();
    const first = await runningTenant({ dataFolder: folder });
    await signIn(first.issuer, { ...newcomer, isSignUp: true });
    await first.close();
    const accounts = [{ email: newcomer.email, name: "N", connection: PASSWORD_CONNECTION.name }];
    const { issuer } = await runningTenant({ dataFolder: folder, accounts });
    await expect(signIn(issuer, { ...newcomer, password: DEVELOPMENT_PASSWORD })).resolves.toMatchObject({
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    });
  });

  const ADA = "ada@hooli.example";
  const PASSWORDS = PASSWORD_CONNECTION.name;
  test.for<[string, Parameters<typeof signIn>[1], string]>([
    ["a wrong password", { email: ADA, password: "guess" }, "Wrong password"],
    ["a password changed by case", { email: "gavin@hooli.example", password: "Gavins-own" }, "Wrong"],
    ["an unknown address", newcomer, "no account for new@x.example"],
    ["an SSO person's address", { email: "jane@acme.example", connection: PASSWORDS }, "no account"],
    ["a short new password", { ...newcomer, password: "7-chars", isSignUp: true }, "at least 8"],
    ["a second sign-up", { email: ADA.toUpperCase(), password: "long-enough", isSignUp: true }, "already"],
    ["no address", { email: "ada", password: DEVELOPMENT_PASSWORD }, "Enter an e-mail address"],
  ])("refuses %s", async ([, attempt, message]) => {
    const { issuer } = await runningTenant();
    const outcome = await signIn(issuer, attempt).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(LoginRefused);
    expect(String(outcome)).toContain(message);
  });

  test("is stored without its password", async () => {
    const folder = await dataFolder();
    const { issuer, close } = await runningTenant({ dataFolder: folder });
    await signIn(issuer, { ...newcomer, isSignUp: true });
    await close();
    for (const file of await readdir(folder)) {
      expect(String(await readFile(join(folder, file)))).not.toContain(newcomer.password);
    }
  });
});
