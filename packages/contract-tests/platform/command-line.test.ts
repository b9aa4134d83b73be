import { beforeAll, describe, expect, it } from "vitest";
import { stackOfTests } from "../simulator/of-tests.ts";
import type { Stack } from "../simulator/stack.ts";

const stack = stackOfTests();
let stored: Awaited<ReturnType<Stack["items"]>>;
beforeAll(async () => {
  stored = await stack.items();
});

const SOMEBODY = "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab";
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const MANY = Array<string>(101).fill("a@acme.example");

/** A command line, or its arguments where one of them has a space or is empty. */
type Row = [command: string | readonly string[], status: number, output: RegExp];

describe("a command that changes nothing", () => {
  it.each<Row>([
    [[], 2, /Usage: platform-api/],
    ["--help", 0, /Usage: platform-api/],
    ["--colour", 2, /unknown option '--colour'/],
    [
      "table create",
      0,
      /^Table platform-api exists already\.\nThis store has no deletion protection and no point-in-time recovery\.\n$/,
    ],
    [
      "table create --json",
      0,
      /^\{"table":"platform-api","created":false,"switchedOn":\[\],"unsupported":\["deletion protection",/,
    ],
    [
      "table place-members",
      0,
      /^Table platform-api: \d+ items read, 0 members placed, 0 places of nobody removed\.\n$/,
    ],
    ["table place-members --json", 0, /^\{"table":"platform-api","items":\d+,"placed":0,"removed":0\}\n$/],
    ["org list --json", 0, /^\{"organizations":\[\{/],
    ["org aply", 2, /unknown command 'aply'/],
    ["org apply no-such-file.json", 1, /^error: cannot read no-such-file\.json: there is no such file\n$/],
    ["org create new --name N", 2, /required option '--owner <email>'/],
    ["org create new --name N --owner nobody", 2, /^error: "nobody" is not an e-mail address\n$/],
    ["org create me --name M --owner a@b.example", 2, /^error: "me" cannot be the id of an organization/],
    [
      ["org", "create", "new", "--name", "\u202eN", "--owner", "a@b.example"],
      2,
      /^error: --name: "\\u\{202e\}N" cannot be/,
    ],
    [
      "org create acme --name Other --owner a@b.example",
      1,
      /^error: there is an organization acme with another name/,
    ],
    ["org set hooli", 2, /^error: nothing to set/],
    ["org set hooli --jit yes", 2, /Allowed choices are on, off/],
    ["org set hooli --auth0-org-id hooli", 2, /^error: --auth0-org-id: "hooli" is neither Auth0's id/],
    [
      "org set hooli --auth0-org-id org_acme",
      1,
      /^error: auth0OrgId org_acme belongs to organization acme: run/,
    ],
    ["org set hooli --enforce-sso on", 1, /^error: hooli has no SSO connection, so nobody could sign in/],
    ["org set nowhere --jit on", 1, /^error: there is no organization nowhere: see/],
    ["org close hooli", 2, /^error: not running in a terminal; nothing was changed\. Re-run with --yes /],
    ["member list hooli", 0, /^hooli has no members yet\.\n$/],
    ["member list hooli --json", 0, /^\{"items":\[\],"nextCursor":null\}\n$/],
    ["member list hooli --query zz", 0, /^No member of hooli fits\.\n$/],
    ["member list hooli --sort name", 0, /^hooli has no members yet\.\n$/],
    ["member list hooli --sort age", 2, /Allowed choices are name, role, joined/],
    ["refusal list hooli", 0, /^Nobody was refused in hooli during the last 14 days\.\n$/],
    ["refusal list hooli --json", 0, /^\[\]\n$/],
    ["refusal list", 2, /missing required argument 'organization'/],
    ["refusal list nowhere", 1, /^error: there is no organization nowhere: see/],
    ["member remove --help", 0, /Usage: platform-api member remove/],
    ["member remove acme waad|abc", 2, /^error: "waad\|abc" is neither a UUID nor an e-mail address\n$/],
    [
      "member remove acme a@b.example",
      1,
      /^error: a@b\.example is not a member of acme: see `platform-api me/,
    ],
    [`member remove acme ${SOMEBODY}`, 1, /^error: .* was never a member of acme/],
    ["member restore", 2, /missing required argument/],
    [`member set-role acme ${SOMEBODY} boss`, 2, /Allowed choices are member, admin, owner/],
    [
      `member set-role acme ${SOMEBODY} owner`,
      2,
      /^error: owners choose the other owners .* --force; nothing was changed\n$/,
    ],
    ["invitation create acme a@acme.example", 2, /required option '--role <role>'/],
    ["invitation create acme --role member", 2, /missing required argument 'email'/],
    [["invitation", "create", "acme", ...MANY, "--role", "member"], 2, /^error: at most 100/],
    [
      "invitation revoke acme zz@acme.example",
      1,
      /^error: zz@acme\.example is not invited to acme: see `platform-api inv/,
    ],
    ["invitation list acme --state declined", 0, /^acme has no declined invitations\.\n$/],
    [["identity", "show", "x".repeat(256)], 2, /^error: the subject must be 1 to 255 characters/],
    ["identity show waad|nobody", 1, / is not linked\n$/],
    [
      "identity show a@b.example",
      1,
      /^error: "a@b\.example" is neither a UUID nor a user's address, nor a linked .*`platform-api identity find <address>`\n$/,
    ],
    [
      "identity find a@b.example",
      0,
      /^The user directory has no user at a@b\.example\.\n\nNo invitations\.\n$/,
    ],
    ["identity unlink waad|nobody --yes", 1, /^error: waad\|nobody of tenant default is not linked\n$/],
    ["identity unlink test:waad|nobody --yes", 1, /^error: waad\|nobody of tenant test is not linked\n$/],
    [`identity unlink ${SOMEBODY} --yes`, 1, /is a user, and only one sign-in of theirs can be unlinked/],
    [["identity", "unlink", " waad|x", "--yes"], 2, /^error: the subject must be/],
    [["identity", "unlink", "waad|\u001b[31mx", "--yes"], 2, /^error: the subject must be/],
    ["identity unlink waad|x", 2, /^error: not running in a terminal/],
    [
      ["identity", "relink", "", SOMEBODY, "--connection", "acme-entra", "--yes"],
      2,
      /^error: the subject must be/,
    ],
    [`identity relink waad|x ${SOMEBODY} --connection acme-entra`, 2, /^error: not running in a terminal/],
    [
      `identity relink waad|x ${SOMEBODY} --connection acme-okta --yes`,
      1,
      /^error: acme-okta is not a registered connection, and no subject holds/,
    ],
    [
      `identity relink waad|x ${SOMEBODY} --connection acme-entra --yes`,
      1,
      /^error: 3f2b8c1e-.* has neither a link nor a membership here/,
    ],
    [`identity block ${SOMEBODY}`, 2, /^error: not running in a terminal/],
    [`identity block ${SOMEBODY} --yes`, 1, /^error: .* has no link and no membership here.*--force/],
    [`identity unblock ${SOMEBODY}`, 2, /^error: not running in a terminal/],
    [`identity unblock ${SOMEBODY} --yes --force`, 2, /unknown option '--force'/],
    [`identity allow ${SOMEBODY} nowhere --yes`, 1, /there is no organization nowhere: see/],
    [`identity allow ${SOMEBODY} acme --yes`, 1, /neither a link nor a membership here/],
    [`identity allow ${SOMEBODY} acme`, 2, /^error: not running in a terminal/],
    ["connection list hooli", 0, /has no connections/],
    ["connection show acme globex-saml", 1, /acme has no connection globex-saml: see/],
    ["connection set acme acme-entra", 2, /nothing to set/],
    [
      "connection set acme acme-entra --display-name https://x.example",
      2,
      /cannot be the name of the connection/,
    ],
    ["connection remove acme acme-entra", 2, /Re-run with --yes/],
    ["connection test acme acme-entra", 2, /no token/],
    ["connection relink-window acme-okta", 1, /^error: there is no connection acme-okta: see/],
    [
      "connection relink-window acme-entra --until 2020-01-01",
      2,
      /^error: --until 2020-01-01 is not in the future\n$/,
    ],
    [`connection relink-window acme-entra --until ${inHours(337)}`, 2, /is more than 14 days ahead\n$/],
    [
      "connection relink-window acme-entra --until tomorrow",
      2,
      /^error: --until: "tomorrow" is not a valid date or time /,
    ],
    [`connection relink-window acme-entra --until ${inHours(1)} --close`, 2, /contradict each other/],
    ["connection relink-window acme-entra --from hooli", 2, /--from requires --until/],
    [
      `connection relink-window acme-entra --until ${inHours(1)} --from acme`,
      1,
      /the connection belongs to acme itself/,
    ],
    [
      "connection relink-window acme-entra --close",
      0,
      /^No relink window has ever been open for acme-entra\.\n$/,
    ],
    ["domain claim acme gmail.com", 1, /the domain is a public mail domain/],
    [["domain", "claim", "acme", "not a domain"], 2, /"not a domain" is not a domain such as acme\.example/],
    ["domain check acme x.example", 1, /has not claimed x\.example: claim it first with/],
    ["audit list --since yesterday", 2, /^error: --since: "yesterday" is not a valid date or time/],
    [`audit list --since ${inHours(1)}`, 0, /^Nothing since /],
    [`audit list --person ${SOMEBODY}`, 2, /^error: --person needs an organization: `audit list <organ/],
    ["audit list nowhere", 1, /^error: there is no organization nowhere/],
    [
      "audit list acme --organization hooli",
      2,
      /^error: acme and --organization hooli contradict each other\n$/,
    ],
    ["audit list hooli --person a@b.example", 1, /^error: a@b\.example is not a member of hooli: see/],
    ["audit list hooli --actor user:nobody", 2, /is not login, operator, system or user:<UUID or address>/],
    ["identity erase a@b.example --yes", 2, /^error: with --yes this takes a UUID, because a@b\.example may/],
    ["identity export a@b.example", 1, /^error: no user is known by a@b\.example: is it the right address/],
    ["audit list --organization acme --limit 101", 2, /is not a whole number from 1 to 100/],
    ["audit list --organization acme --actor operator:jo", 2, /is not login, operator, system or user/],
    ["token explain", 2, /no token/],
  ])("exits as documented and says why: %j is %i", async (command, status, output) => {
    const args = typeof command === "string" ? command.split(" ") : command;
    const ran = await stack.cli(...args);
    expect(ran.output).toMatch(output);
    expect(ran.status).toBe(status);
  });

  it("stores nothing", async () => {
    expect(await stack.items()).toEqual(stored);
    expect(await stack.usersAt("a@b.example")).toBe(0);
  });
});
