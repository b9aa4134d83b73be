import { startEmbeddedDynamodb } from "@platform-api/dev/embedded-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DnsServer, startDnsServer } from "../../server/src/adapters/testing/dns-server.ts";
import { commandsBy } from "../simulator/commands.ts";
import { fresh } from "../simulator/people.ts";
import { runCommand } from "../simulator/stack.ts";

let dynamodb: Awaited<ReturnType<typeof startEmbeddedDynamodb>>;
let dns: [DnsServer, DnsServer];
let environment: Record<string, string>;
beforeAll(async () => {
  dynamodb = await startEmbeddedDynamodb({ host: "127.0.0.1", port: 0 });
  dns = await Promise.all([startDnsServer(), startDnsServer()]);
  environment = {
    NODE_ENV: "test",
    DYNAMODB_TABLE: "platform-api",
    DYNAMODB_ENDPOINT: dynamodb.endpoint,
    AWS_REGION: "eu-central-1",
    STORE_ATTEMPT_MS: "2000",
    STORE_DEADLINE_MS: "5000",
    DNS_RESOLVERS: dns.map(({ address }) => address).join(","),
    DOMAIN_GRACE_MS: "1", // the first look never ends the trust, the second one always does
  };
  await run("table", "create");
});
afterAll(async () => {
  await Promise.all(dns.map((server) => server.close()));
  await dynamodb.close();
});

let org: string;
let domain: string;
let record: string;
beforeEach(async () => {
  for (const { replies } of dns) replies.clear();
  org = fresh("org");
  domain = `${org}.example`;
  record = `_platform-api.${domain}`;
  await run("org", "create", org, "--name", "Org", "--owner", `owner@${domain}`);
});

const cli = (...args: string[]) => runCommand(environment, args);

const { run, json, audited } = commandsBy(cli);
const publish = (name: string, ...txt: string[]) => {
  for (const { replies } of dns) replies.set(name, { txt });
};

/** @returns the value of its record */
async function verified(): Promise<string> {
  const { record } = await json("domain", "claim", org, domain);
  publish(record.name, record.value);
  expect(await run("domain", "check", org, domain)).toBe(`${domain} is verified.\n`);
  return record.value;
}

describe("domain claim, check, list and release", () => {
  it("say exactly which record to set, and what JSON says is what tRPC answers", async () => {
    const words = await run("domain", "claim", org, domain.toUpperCase());
    const view = await json("domain", "claim", org, domain);
    expect(words).toBe(
      `${domain} is claimed, and not verified yet.
The TXT record to set at the DNS provider:
  host   _platform-api   (in full: ${record})
  value  ${view.record.value}
Then run \`platform-api domain check ${org} ${domain}\`.
`,
    );
    expect(view).toEqual({
      domain,
      state: "pending",
      verifiedBy: null,
      found: null,
      checkedAt: null,
      lapsesAt: null,
      record: { type: "TXT", host: "_platform-api", name: record, value: view.record.value },
    });
    expect(await json("domain", "list", org)).toEqual([view]);
  });

  it("say in words what was found instead", async () => {
    const { record: claimed } = await json("domain", "claim", org, domain);
    publish(record, "a\u001b[31m");
    const output = await run("domain", "check", org, domain);
    expect(output).toMatch(/has another value:\n {2}a\\u\{1b\}\[31m\n/);
    expect(output).toContain(`value  ${claimed.value}\n`);
  });

  it("verify the domain, show it in the list and give it up", async () => {
    expect(await run("domain", "list", org)).toBe(`${org} has no domains.\n`);
    await verified();
    expect(await run("domain", "list", org)).toMatch(new RegExp(`^DOMAIN.*\n${domain} +verified +dns +–`));
    expect(await run("domain", "release", org, domain, "--yes")).toMatch(`${domain} is released by ${org}. `);
    expect(await json("domain", "list", org)).toEqual([]);
    expect(await json("domain", "release", org, domain, "--yes")).toEqual({});
  });
});

it("domain recheck tells what is missing, ends the trust after the grace, and fails where DNS fails", async () => {
  const value = await verified();
  const noticed = async () => {
    const { outcomes, noticed } = await json("domain", "recheck");
    expect(outcomes.failed).toBe(0);
    return noticed.filter((each: { domain: string }) => each.domain === domain);
  };
  expect(await noticed()).toEqual([]);
  for (const { replies } of dns) replies.set(record, { rcode: 5 });
  const unanswered = await cli("domain", "recheck");
  expect([unanswered.status, unanswered.output]).toEqual([
    1,
    expect.stringContaining("a resolver has not answered"),
  ]);
  for (const { replies } of dns) replies.clear();
  const words = await run("domain", "recheck");
  expect(words).toMatch(
    /domains? rechecked: \d+ verified, \d+ missing the record, 0 lapsed\. Mails sent: 0\./,
  );
  expect(words).toMatch(new RegExp(`${domain}  missing the record; it lapses at \\S+\n`));
  expect(words).toContain("No mail was sent to the owners, because SMTP_URL is not set.\n");
  expect(await noticed()).toMatchObject([{ outcome: "lapsed" }]);
  expect(await noticed()).toEqual([]);
  expect(await json("domain", "list", org)).toMatchObject([{ state: "lapsed", verifiedBy: null }]);
  publish(record, value);
  // A record is looked up once a second, and until then the last answer is given again.
  await expect.poll(() => run("domain", "check", org, domain)).toBe(`${domain} is verified.\n`);
  const actions = await audited("organizationId", org);
  expect(actions.filter((action) => action.includes("domain"))).toEqual([
    "operator:tests domain-claimed",
    "operator:tests domain-verified",
    "system domain-missing",
    "system domain-lapsed",
    "operator:tests domain-verified",
  ]);
});
