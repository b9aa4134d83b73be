import { openWizard } from "@platform-api/dev/identity-provider";
import { logins } from "../simulator/people.ts";
import type { SelfServiceUpstreams } from "../simulator/self-service.ts";
import type { Stack } from "../simulator/stack.ts";

/** A company with everything that an organization can have. */
export const MILL = "mill";
/** The company that owns it: it has the same domain, and its people may join. */
export const HOLDING = "holding";
/** A company with two owners, and no connection that it has set up itself. */
export const INN = "inn";
/** A closed organization. */
export const BARN = "barn";

const ENTRA = [MILL, INN].map((id) => {
  return {
    id,
    domains: [`${id}.example`],
    connections: [{ name: `${id}-entra`, strategy: "waad", displayName: id }],
    members: ["owner", "second"].map((who) => ({ email: `${who}@${id}.example`, role: "owner" })),
  };
});
/** A file decides what it names, so it names no setting that the verbs change. */
const ORGANIZATIONS = [
  ...ENTRA,
  { id: HOLDING, jit: true, domains: ["mill.example"], trusts: [MILL] },
  { id: BARN, domains: ["barn.example"] },
];

/** What Auth0 answers to a call that would change it, so that it stays as it is. */
const UNCHANGED = {
  "DELETE /organizations/:id/enabled_connections/:connectionId": 204,
  "POST /self-service-profiles/:id/sso-ticket/:ticket/revoke": 202,
};

/** Stores all that the verbs are about. */
export async function prepareCompany(stack: Stack, upstreams: SelfServiceUpstreams) {
  await stack.applyOrganizations(ORGANIZATIONS);
  for (const id of [MILL, INN]) await succeeds(stack, "org", "set", id, "--jit", "on");
  const tokens = await signIn(stack);
  const ids = await introduce(stack, tokens);
  await proveDomains(stack, tokens.owner, upstreams);
  const connections = await setConnectionsUp(stack, tokens.owner, upstreams);
  await succeeds(stack, "org", "close", BARN, "--yes");
  return { tokens, ids, connections };
}

async function succeeds(stack: Stack, ...command: string[]): Promise<void> {
  const { status, output } = await stack.cli(...command);
  if (status !== 0) throw new Error(output);
}

/** The tokens of the people. */
async function signIn({ issuer }: Stack) {
  const { entra, password } = logins({ issuer });
  const bySso = (who: string, subject = `waad|${who}`, of = MILL) =>
    entra(`${who}@${of}.example`, { connection: `${of}-entra`, subject });
  return {
    owner: await bySso("owner"),
    admin: await bySso("admin"),
    member: await bySso("member"),
    /** The member's mailbox, with another subject. */
    rival: await bySso("member", "waad|rival"),
    /** Somebody whom the directory knows and platform-api does not. */
    newcomer: await bySso("newcomer"),
    /** The same mailbox, by password. */
    newcomerByPassword: await password("newcomer@mill.example", { subject: "auth0|newcomer" }),
    /** Somebody from elsewhere whom an operator has invited. */
    invited: await password("invited@elsewhere.example", { subject: "auth0|invited" }),
    /** Somebody from elsewhere whom an owner has invited, who must consent. */
    guest: await password("guest@elsewhere.example", { subject: "auth0|guest" }),
    innOwner: await bySso("owner", "waad|inn-owner", INN),
    innSecond: await bySso("second", "waad|inn-second", INN),
  };
}

type Tokens = Awaited<ReturnType<typeof signIn>>;

/** Makes members of them, and invites the others. @returns their UUIDs */
async function introduce(stack: Stack, tokens: Tokens) {
  const userIdOf = async (who: keyof Tokens) => {
    const { user } = await stack.client(tokens[who]).org.me.query();
    return user.userId;
  };
  const ids = {
    owner: await userIdOf("owner"),
    admin: await userIdOf("admin"),
    member: await userIdOf("member"),
    newcomer: (await stack.directory.ensure({ email: "newcomer@mill.example" })).id,
    innOwner: await userIdOf("innOwner"),
    innSecond: await userIdOf("innSecond"),
  };
  await userIdOf("guest");
  const { members, invitations } = stack.client(tokens.owner).org;
  await members.setRole.mutate({ organizationId: MILL, userId: ids.admin, role: "admin" });
  await invitations.create.mutate({
    organizationId: MILL,
    emails: ["guest@elsewhere.example"],
    role: "member",
  });
  await succeeds(stack, "invitation", "create", MILL, "invited@elsewhere.example", "--role", "admin");
  return ids;
}

/** One domain is verified and has lost its record since, another one is claimed and has its record. */
async function proveDomains(stack: Stack, owner: string, { dns }: SelfServiceUpstreams): Promise<void> {
  const { domains } = stack.client(owner).org;
  const claim = async (domain: string) => {
    const { record } = await domains.claim.mutate({ organizationId: MILL, domain });
    if (record === null) throw new Error("a claim without a record");
    dns.records.set(record.name, [record.value]);
    return record.name;
  };
  const proved = await claim("proved.example");
  await domains.check.mutate({ organizationId: MILL, domain: "proved.example" });
  dns.records.remove(proved);
  await claim("claimed.example");
}

/** One connection is tested, another one is enabled, and a third one is complete at Auth0, which changes no more. */
async function setConnectionsUp(stack: Stack, owner: string, { identityProvider }: SelfServiceUpstreams) {
  const { connections } = stack.client(owner).org;
  await connections.test.mutate({ organizationId: MILL, name: "mill-entra", token: owner });
  const setUp = async () => {
    const begun = await connections.begin.mutate({ organizationId: MILL, displayName: "Own" });
    const wizard = await openWizard(begun.setupUrl);
    await wizard.create("samlp");
    await wizard.enable();
    return begun.name;
  };
  const own = await setUp();
  await connections.get.query({ organizationId: MILL, name: own });
  const pending = await setUp();
  for (const [each, status] of Object.entries(UNCHANGED))
    identityProvider.management.instead(each, { status });
  return { own, pending };
}
