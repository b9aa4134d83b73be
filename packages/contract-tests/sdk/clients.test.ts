import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { it, onTestFinished } from "vitest";
import { FOLDER } from "../../../compatibility/clients.ts";
import { logins, ORGANIZATIONS } from "../simulator/people.ts";
import { startStack } from "../simulator/stack.ts";

const CLIENT = join(import.meta.dirname, "../../client");
const run = promisify(execFile);

it("the SDK works with the globals of React Native", async () => {
  const script = join(import.meta.dirname, "../sdk-package/consumer/react-native.mjs");
  await run(process.execPath, [script, join(CLIENT, "src/react/fresh-token.ts")]);
});

it("eleven calls at once work through httpBatchLink as docs/sdk.md has it", async () => {
  const stack = await startStack();
  onTestFinished(() => stack.close());
  await stack.applyOrganizations(ORGANIZATIONS);
  const token = await logins(stack).entra("jane@acme.example");
  const env = { ...process.env, PLATFORM_API_URL: stack.url, TOKEN: token };
  // In a folder where tRPC is installed.
  await run(process.execPath, [join(FOLDER, "clients/trpc.mjs")], { cwd: CLIENT, env });
});
