import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { expect, it } from "vitest";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { duringTests } from "../simulator/of-tests.ts";
import { fresh } from "../simulator/people.ts";
import { whose } from "../simulator/stack.ts";
import { SignIn, startMcpWorld } from "./mcp-world.ts";

const folder = folderOfTests("identity-provider");
const world = duringTests(() => startMcpWorld(folder));

it("a client of MCP finds out where to sign in, and works on its user's runs until the user is removed", async () => {
  const { stack, issuer, url } = world;
  const authProvider = new SignIn();
  const client = new Client({ name: "editor", version: "1.0.0" });
  const signedOut = new StreamableHTTPClientTransport(url, { authProvider });
  await expect(client.connect(signedOut)).rejects.toBeInstanceOf(UnauthorizedError);
  const { origin, pathname, searchParams } = authProvider.sentTo ?? new URL("about:blank");
  expect(`${origin}${pathname}`).toBe(`${issuer}authorize`);
  expect(Object.fromEntries(searchParams)).toMatchObject({
    code_challenge_method: "S256",
    resource: url.href,
    scope: "openid offline_access",
  });
  const email = `${fresh("jane")}@acme.example`;
  await signedOut.finishAuth(await authProvider.byUser(email));

  await client.connect(new StreamableHTTPClientTransport(url, { authProvider }));
  expect(client.getServerVersion()).toMatchObject({ name: "agentic-backend" });
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(["start_run", "list_runs", "get_run"]);
  const call = (name: string, input: Record<string, string> = {}) =>
    client.callTool({ name, arguments: input });
  const started = await call("start_run", { title: "Summarize", document: "We move on 1 March 2027." });
  expect(started.structuredContent).toMatchObject({ title: "Summarize", status: "queued" });
  const { runs } = Object(started.isError ? {} : (await call("list_runs")).structuredContent);
  expect(runs).toMatchObject([{ title: "Summarize", startedBy: email }]);
  expect((await call("get_run", { id: runs[0].id })).structuredContent).toMatchObject({ id: runs[0].id });
  expect(await call("start_run", { title: "", document: "" })).toMatchObject({
    isError: true,
    content: [{ type: "text", text: expect.stringContaining("title must be a text of 1 to 200 characters") }],
  });
  await expect(call("delete_run")).rejects.toMatchObject({ code: -32_602 });

  const userId = await whose(stack, authProvider.tokens()?.access_token ?? "");
  expect(await stack.cli("member", "remove", "acme", userId)).toMatchObject({ status: 0 });
  await expect
    .poll(async () => (await call("list_runs")).content, { timeout: 30_000 })
    .toMatchObject([{ text: expect.stringContaining("MEMBERSHIP_REMOVED") }]);
  await client.close();
});
