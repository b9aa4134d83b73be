import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { expect, it } from "vitest";
import { folderOfTests } from "../simulator/folder-of-tests.ts";
import { duringTests } from "../simulator/of-tests.ts";
import { fresh } from "../simulator/people.ts";
import { SignIn, startMcpWorld } from "./mcp-world.ts";

const folder = folderOfTests("identity-provider");
const world = duringTests(() => startMcpWorld(folder));

it("a client of MCP finds out where to sign in, and works on its user's runs", async () => {
  const { issuer, url } = world;
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
  const { id } = Object(started.structuredContent);
  expect((await call("list_runs")).structuredContent).toMatchObject({ runs: [{ id, startedBy: email }] });
  expect((await call("get_run", { id })).structuredContent).toMatchObject({ id, startedBy: email });
  expect(await call("start_run", { title: "", document: "" })).toMatchObject({
    isError: true,
    content: [{ type: "text", text: expect.stringContaining("title must be a text of 1 to 200 characters") }],
  });
  await expect(call("delete_run")).rejects.toMatchObject({ code: -32_602 });
  await client.close();
});
