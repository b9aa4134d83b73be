import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { CLIENTS, FOLDER } from "../../../compatibility/clients.ts";
import { versionsOf } from "../../../compatibility/table.ts";
import { describeWith } from "../pages/programs.ts";
import { logins, ORGANIZATIONS } from "../platform/people.ts";
import { startStack } from "../platform/stack.ts";

it("docs/compatibility.md says of every client, in the version that is installed, that it works", () => {
  const { packages } = JSON.parse(readFileSync(join(FOLDER, "package-lock.json"), "utf8"));
  const page = readFileSync(join(FOLDER, "../docs/compatibility.md"), "utf8");
  const rows = [...page.matchAll(/^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$/gm)].slice(1);
  const expected = CLIENTS.map(({ name, packages: shown, version, does }) => {
    const locked = versionsOf(shown, (packageName) => packages[`node_modules/${packageName}`]?.version);
    return [name, version === undefined ? locked : expect.stringMatching(/^\d/), does, "works"];
  });
  expect(
    rows.map(([, ...cells]) => cells),
    "run: npx -y pnpm@12 compatibility",
  ).toEqual(expected);
});

describeWith(["curl"], "curl", () => {
  it("curl gets what docs/compatibility.md says", async () => {
    const stack = await startStack();
    onTestFinished(() => stack.close());
    await stack.applyOrganizations(ORGANIZATIONS);
    const token = await logins(stack.issuer).entra("jane@acme.example");
    const env = { ...process.env, PLATFORM_API_URL: stack.url, TOKEN: token };
    await promisify(execFile)("sh", [join(FOLDER, "clients/curl.sh")], { env });
  });
});
