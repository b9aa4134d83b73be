import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { actionClaims } from "../simulator/issuer.ts";
import { stackOfTests } from "../simulator/of-tests.ts";
import { runCommand } from "../simulator/stack.ts";

const stack = stackOfTests();
const folder = folderOfTests("hostile-text");

/** It would clear the screen, by C0 and by C1, reverse the line, hide what follows, and add a line of its own. */
const HOSTILE = "\u001b[2J\u009b2J\u202e\u2066\u200f\u061c\u2028\u200b\u3164\ud800\u0007\r\nFORGED\u0085";
const UNSAFE = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|^FORGED/mu;

const ORGANIZATION = { id: "hostile", name: "Hostile", jit: true, defaultRole: "member" };
/** The verifier takes it. */
const SUBJECT = "waad|x\u202e\u2028\u3164";
const SOMEBODY = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab";

function file(value: unknown): string {
  const path = join(folder, "file.json");
  writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
  return path;
}
const organization = (fields: object) => file({ organizations: [{ ...ORGANIZATION, ...fields }] });
/** Each has a problem, and the file is refused with all of them. */
const HOSTILE_VALUES = {
  id: HOSTILE,
  name: HOSTILE,
  auth0OrgId: `org_${HOSTILE}`,
  domains: [HOSTILE],
  trusts: [HOSTILE],
  connections: [{ name: `a${HOSTILE}`, strategy: HOSTILE, displayName: HOSTILE }],
  members: [{ email: HOSTILE, role: HOSTILE }],
};
const member = (fields: object) =>
  file([{ organization: "acme", userId: SOMEBODY, email: "a@acme.example", ...fields }]);
const unverified = (header: object, claims: object) =>
  [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".")
    .concat(".AA");

describe("T8I: a terminal", () => {
  it.each<[string, () => string[] | Promise<string[]>]>([
    ["an unverified token's issuer", () => ["token", "explain", unverified({}, { iss: HOSTILE })]],
    [
      "an unverified token's header",
      () => [
        "token",
        "explain",
        unverified({ alg: HOSTILE, kid: HOSTILE }, { iss: stack.environment.AUTH0_ISSUER }),
      ],
    ],
    [
      "a signed token's claims",
      async () => {
        const claims = actionClaims({ email: `a${HOSTILE}@acme.example`, connection: HOSTILE });
        return ["token", "explain", await stack.issuer.sign(SUBJECT, { ...claims, org_id: HOSTILE })];
      },
    ],
    ["a file that is not JSON", () => ["org", "apply", file(`{"organizations": ${HOSTILE}`)]],
    ["a key of an organizations file", () => ["org", "apply", organization({ [HOSTILE]: 1 })]],
    ["the values of an organizations file", () => ["org", "apply", organization(HOSTILE_VALUES)]],
    [
      "a members file",
      () => ["member", "import", member({ organization: HOSTILE, email: HOSTILE, role: HOSTILE })],
    ],
    ["a key of a members file", () => ["member", "import", member({ [HOSTILE]: 1 })]],
    ["a path", () => ["member", "import", join(folder, HOSTILE)]],
    ["a command", () => [HOSTILE]],
    ["an option", () => ["org", "list", `--${HOSTILE}`]],
    ["an argument that is an id", () => ["member", "list", HOSTILE]],
    ["a variable", () => ["directory", "check"]],
  ])("gets no character that it acts on or hides from %s", async (what, args) => {
    const env =
      what === "a variable" ? { ...stack.environment, CLJ_PG_WRAPPER_URL: HOSTILE } : stack.environment;
    for (const json of [[], ["--json"]]) {
      const { output } = await runCommand(env, [...(await args()), ...json]);
      expect(output).not.toBe("");
      expect(UNSAFE.exec(output)).toBeNull();
      if (output.startsWith("{")) expect(JSON.parse(output)).toBeInstanceOf(Object);
    }
  });

  it("gets no character that it acts on or hides from a linked subject, which the store holds as it is", async () => {
    const token = stack.issuer.sign(
      SUBJECT,
      actionClaims({ email: "hidden@acme.example", connection: "acme-entra" }),
    );
    const { userId } = await stack.client(await token).auth.validate.query();
    for (const command of [
      ["audit", "list"],
      ["identity", "show", userId],
      ["identity", "show", SUBJECT],
    ]) {
      const words = await runCommand(stack.environment, command);
      expect(words).toMatchObject({
        status: 0,
        output: expect.stringContaining("waad|x\\u{202e}\\u{2028}\\u{3164}"),
      });
      expect(UNSAFE.exec(words.output)).toBeNull();
      const json = await runCommand(stack.environment, [...command, "--json"]);
      expect(json).toMatchObject({
        status: 0,
        output: expect.stringContaining('"waad|x\\u202e\\u2028\\u3164"'),
      });
      expect(JSON.stringify(JSON.parse(json.output))).toContain(SUBJECT);
      expect(UNSAFE.exec(json.output)).toBeNull();
    }
  });
});
