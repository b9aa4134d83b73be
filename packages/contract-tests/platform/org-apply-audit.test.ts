import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "@platform-api/platform-api";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startFaultProxy } from "../faults/fault-proxy.ts";
import { fresh } from "./people.ts";
import { type Stack, startStack } from "./stack.ts";

let stack: Stack;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "org-apply-audit-"));
  stack = await startStack();
});
afterAll(async () => {
  await stack.close();
  rmSync(folder, { recursive: true });
});

/** An organization with an item of every kind. */
function organization() {
  const id = fresh("org");
  return {
    ...{ id, name: "Full", auth0OrgId: `org_${id.replaceAll("-", "")}`, jit: true, defaultRole: "member" },
    domains: [`${id}.example`],
    connections: [{ name: `${id}-sso`, strategy: "waad", displayName: "Full" }],
    members: [{ email: `boss@${id}.example`, role: "owner" }],
  };
}

async function audited(...ids: string[]): Promise<string[]> {
  const { entries } = JSON.parse((await stack.cli("audit", "list", "--json")).output);
  return entries
    .filter(({ organizationId }: { organizationId: string }) => ids.includes(organizationId))
    .map(
      ({ actor, action, organizationId, connection, domain }: Record<string, string | null>) =>
        `${actor} ${action} ${organizationId} ${connection ?? domain ?? "-"}`,
    );
}

it("org apply writes an audit entry per change, with the operator as actor", async () => {
  const full = organization();
  const { id } = full;
  const sso = `${id}-sso`;
  const heir = { id: `${id}-heir`, name: "Heir", jit: false, defaultRole: "member" };
  await stack.applyOrganizations([full, heir]);
  const of = (action: string, about = "-", organization = id) =>
    `operator:tests ${action} ${organization} ${about}`;
  const first = [
    of("organization-created"),
    of("organization-created", "-", heir.id),
    of("domain-verified", `${id}.example`),
    of("connection-enabled", sso),
    of("invitation-sent"),
  ];
  expect(await audited(id, heir.id)).toEqual(first);

  const members = ["a", "b"].map((name) => ({ email: `${name}@${id}.example`, role: "member" }));
  const renamed = [{ name: sso, strategy: "waad", displayName: "New" }];
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() }); // everything happens within one millisecond
  await stack.applyOrganizations([{ ...full, connections: renamed, members }]);
  vi.useRealTimers();
  const second = [
    of("invitation-revoked"),
    of("connection-updated", sso),
    of("invitation-sent"),
    of("invitation-sent"),
  ];
  expect(await audited(id, heir.id)).toEqual([...first, ...second]);

  const { auth0OrgId } = full;
  const without = { ...heir, id, members: [] };
  await stack.applyOrganizations([without, { ...heir, auth0OrgId, connections: renamed }]);
  const third = [
    of("invitation-revoked"),
    of("invitation-revoked"),
    of("domain-released", `${id}.example`),
    of("organization-updated"), // releases the Auth0 id
    of("organization-updated"),
    of("organization-updated", "-", heir.id),
    of("connection-removed", sso),
    of("connection-enabled", sso, heir.id),
  ];
  const all = await audited(id, heir.id);
  expect(all.slice(0, -2)).toEqual([...first, ...second, ...third].slice(0, -2));
  expect(all.slice(-2).sort()).toEqual(third.slice(-2).sort()); // of the same time
  const { output } = await stack.cli("audit", "list");
  expect(output).toMatch(new RegExp(`operator:tests +domain-released ${id}\\.example +– +– +${id} +–`));
});

it.each([
  [
    "the store fails at the third change",
    (body: string) => body.includes("CONNECTION#"),
    /^error: the database is not responding/,
  ],
  [
    "the audit fails at the third change, and the error prints the lost entry",
    (body: string) => body.includes("AUDIT#") && body.includes("connection-enabled"),
    /^error: Stopped after this change; apply the file again for the rest: .* registered\. But writing the audit entry failed .*"connection-enabled"/s,
  ],
])("org apply has recorded what it changed when %s", async (_, fails, told) => {
  const full = organization();
  const putFails = (body: string) => body.includes('"Item"') && fails(body);
  const { status, output } = await applyWhere(putFails, full);
  expect({ status, output }).toEqual({ status: 1, output: expect.stringMatching(told) });
  const done = [
    `operator:tests organization-created ${full.id} -`,
    `operator:tests domain-verified ${full.id} ${full.id}.example`,
  ];
  expect(await audited(full.id)).toEqual(done);
  await stack.applyOrganizations([full]);
  expect((await audited(full.id)).at(-1)).toBe(`operator:tests invitation-sent ${full.id} -`);
});

/** Applies the organization while the store does not answer requests with these bodies. */
async function applyWhere(fails: (body: string) => boolean, organization: object) {
  const proxy = await startFaultProxy(stack.environment.DYNAMODB_ENDPOINT ?? "", async (exchange) => {
    if (fails(exchange.body.toString())) return void exchange.response.destroy();
    const { status, headers, body } = await exchange.forward();
    exchange.response.writeHead(status, headers).end(body);
  });
  const file = join(folder, "organizations.json");
  writeFileSync(file, JSON.stringify({ organizations: [organization] }));
  let output = "";
  const write = (text: string) => {
    output += text;
  };
  const status = await runCli(["org", "apply", file], {
    env: { ...stack.environment, DYNAMODB_ENDPOINT: proxy.url },
    ...{ out: write, err: write, readInput: async () => "", ask: null, operator: "tests", onStop: () => {} },
  });
  await proxy.close();
  return { status, output };
}
