import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { reasonOf } from "@platform-api/client";
import { actionClaims } from "../simulator/issuer.ts";
import { startSelfServiceUpstreams } from "../simulator/self-service.ts";
import { type Server, startStack, UNHURRIED } from "../simulator/stack.ts";
import { HistoryNames } from "./history-names.ts";
import { OwnSetUps, type SetUpPorts } from "./own-set-ups.ts";
import type { Answer } from "./phase.ts";
import { callProcedure } from "./procedures.ts";
import {
  ADDRESSES,
  type Address,
  type Change,
  connectionOf,
  DECLARED_CONNECTIONS,
  DOMAINS,
  ORGANIZATIONS,
  type Organization,
  type Process,
  type Request,
  registeredFor,
  type Setup,
  type Step,
} from "./vocabulary.ts";

/** What is visible after a step, in the model's names. */
export interface Observation {
  readonly answers: readonly Answer[];
  readonly directory: readonly Address[];
  /** `x ada@shared` → `member active`. */
  readonly memberships: Readonly<Record<string, string>>;
  /** Whether an invitation is open. */
  readonly invitations: Readonly<Record<string, boolean>>;
}

export interface Processes {
  /** Starts a history with new organizations and users, and applies the setup. */
  prepare(setup: Setup): Promise<HistoryRun>;
  close(): Promise<void>;
}

/** Whether a change is made by applying the organizations file. */
export function appliesFile({ does }: Change): boolean {
  return FILE_CHANGES.has(does);
}
const FILE_CHANGES: ReadonlySet<Change["does"]> = new Set([
  ...([
    "verify",
    "release",
    "pass on",
    "register",
    "take away",
    "jit",
    "enforce",
    "trust",
    "begin",
    "invite",
  ] as const),
]);

const ROLE = "admin";
const HOUR_MS = 3_600_000;

export async function startProcesses(): Promise<Processes> {
  const upstreams = await startSelfServiceUpstreams();
  const stack = await startStack({ ...UNHURRIED, ...upstreams.settings, DOMAIN_GRACE_MS: "0" });
  const remembering = { IDENTITY_CACHE_MS: "60000", MEMBERSHIP_CACHE_MS: "5000" };
  const servers: Readonly<Record<Process, Server>> = {
    one: stack,
    another: await stack.another({}),
    remembering: await stack.another(remembering),
    "another remembering": await stack.another(remembering),
    "report mode": await stack.another({ TRUST_MODE: "report" }),
  };
  const dynamodb = new DynamoDBClient({
    endpoint: stack.environment.DYNAMODB_ENDPOINT ?? "",
    region: "eu-central-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const store = DynamoDBDocumentClient.from(dynamodb);
  return {
    async prepare(setup) {
      const run = new HistoryRun({ stack, servers, store, upstreams });
      await run.apply(setup);
      return run;
    },
    async close() {
      dynamodb.destroy();
      await stack.close();
      await upstreams.close();
    },
  };
}

interface SharedStack extends SetUpPorts {
  readonly servers: Readonly<Record<Process, Server>>;
}

/** One history's organizations and users on the shared stack. */
export class HistoryRun {
  readonly #shared: SharedStack;
  readonly #names = new HistoryNames();
  readonly #own: OwnSetUps;
  readonly #invited: { readonly organization: Organization; readonly address: Address }[] = [];

  constructor(shared: SharedStack) {
    this.#shared = shared;
    this.#own = new OwnSetUps(shared, this.#names);
  }

  end(): void {
    this.#own.end();
  }

  /** Adapts the step to the users that exist: it drops their claims, or the step if its user is missing. */
  possible(step: Step): Step | null {
    if ("requests" in step) {
      return { requests: step.requests.map((request) => this.#withClaimOfExistingUser(request)) };
    }
    const { change } = step;
    const needs = change.does === "remove member" || change.does === "allow" || change.does === "relink";
    return needs && !this.#names.hasUser(change.address) ? null : step;
  }

  /** Performs the step. @returns null when the command line refused the change */
  async play(step: Step, setup: Setup): Promise<Observation | null> {
    let answers: Answer[] = [];
    if ("requests" in step) answers = await Promise.all(step.requests.map((each) => this.#ask(each)));
    else if (!(await this.#change(step.change, setup))) return null;
    await this.#lookUpUsers();
    return {
      answers: answers.map((answer) => this.#names.inModel(answer)),
      directory: ADDRESSES.filter((address) => this.#names.hasUser(address)).sort(),
      ...(await this.#stored()),
    };
  }

  /** Applies the organizations file. */
  async apply(setup: Setup): Promise<void> {
    const { declared, settings } = setup;
    const organizations = ORGANIZATIONS.map((organization) => ({
      id: this.#names.id(organization),
      name: organization,
      jit: settings[organization].jit,
      enforceSso: settings[organization].enforceSso,
      defaultRole: "member",
      ...(organization === "x" && this.#own.auth0OrgId !== null && { auth0OrgId: this.#own.auth0OrgId }),
      domains: DOMAINS.filter((domain) => declared[domain].includes(organization)).map((each) =>
        this.#names.id(each, ".example"),
      ),
      connections: DECLARED_CONNECTIONS.filter((each) => registeredFor(setup, each) === organization).map(
        (each) => ({
          name: this.#names.id(each),
          strategy: "waad",
          displayName: each,
        }),
      ),
      members: this.#invited
        .filter((invitation) => invitation.organization === organization)
        .map(({ address }) => ({ email: this.#names.email(address), role: ROLE })),
      ...(settings[organization].trusts.length > 0 && {
        trusts: settings[organization].trusts.map((each) => this.#names.id(each)),
      }),
    }));
    await this.#shared.stack.applyOrganizations(organizations);
  }

  #withClaimOfExistingUser(request: Request): Request {
    const { claimedUser } = request.login;
    if (claimedUser === null || this.#names.hasUser(claimedUser)) return request;
    return { ...request, login: { ...request.login, claimedUser: null } };
  }

  async #ask({ login, call, process }: Request): Promise<Answer> {
    const connection = connectionOf(login);
    const claimed = login.claimedUser === null ? undefined : this.#names.userId(login.claimedUser);
    const token = await this.#shared.stack.issuer.sign(
      this.#names.subject(login),
      actionClaims({
        ...(connection !== null && { connection: this.#names.id(connection), emailVerified: false }),
        ...(login.through === "password" && { connection: "Username-Password-Authentication" }),
        ...(connection === null && { emailVerified: login.through !== "unverified password" }),
        ...(login.address !== null && { email: this.#names.email(login.address) }),
        ...(claimed !== undefined && { userId: claimed }),
      }),
    );
    try {
      return await callProcedure(this.#shared.servers[process].client(token), call, this.#names);
    } catch (error) {
      return { refused: reasonOf(error) ?? String(error) };
    }
  }

  async #change(change: Change, setup: Setup): Promise<boolean> {
    const names = this.#names;
    const cli = async (...args: string[]) => (await this.#shared.stack.cli(...args)).status === 0;
    switch (change.does) {
      case "remove member":
        return cli("member", "remove", names.id(change.organization), names.userId(change.address));
      case "allow": {
        const [userId, organization] = [names.userId(change.address), names.id(change.organization)];
        return cli("identity", "allow", userId, organization, "--yes");
      }
      case "relink": {
        const subject = names.subject({ through: change.on, subject: change.to, ...NO_CLAIMS });
        const on = ["--connection", names.id(change.on), "--yes"];
        return cli("identity", "relink", subject, names.userId(change.address), ...on);
      }
      case "open window": {
        const until = ["--until", new Date(Date.now() + HOUR_MS).toISOString()];
        const from = change.from === null ? [] : ["--from", names.id(change.from)];
        return cli("connection", "relink-window", names.id(change.connection), ...until, ...from);
      }
      case "close window":
        return cli("connection", "relink-window", names.id(change.connection), "--close");
      case "switch off":
      case "switch on":
        await this.#own.switch(change);
        return true;
      case "claim":
      case "prove":
      case "lapse":
      case "give up":
        return this.#own.changeDomain(change);
      case "begin":
        await this.#own.begin();
        await this.apply(setup); // the file names the organization at the identity provider
        return this.#own.changeConnection(change);
      case "finish":
      case "remove connection":
        return this.#own.changeConnection(change);
      case "invite":
        this.#invite(change);
        break;
    }
    await this.apply(setup);
    return true;
  }

  #invite({ organization, address }: Change & { does: "invite" }): void {
    const isThere = this.#invited.some(
      (each) => each.organization === organization && each.address === address,
    );
    if (!isThere) this.#invited.push({ organization, address });
  }

  async #lookUpUsers(): Promise<void> {
    const { directory } = this.#shared.stack;
    const unknown = ADDRESSES.filter((address) => !this.#names.hasUser(address));
    const found = await Promise.all(
      unknown.map((address) => directory.findByEmail(this.#names.email(address))),
    );
    for (const [index, user] of found.entries()) {
      const address = unknown[index];
      if (user !== null && address !== undefined) this.#names.learn(address, user.id);
    }
  }

  async #stored(): Promise<Pick<Observation, "memberships" | "invitations">> {
    const users = await Promise.all(this.#names.userIds().map((userId) => this.#query(`USER#${userId}`)));
    const invitations = await Promise.all(
      [...new Set(this.#invited.map(({ address }) => address))].map((address) =>
        this.#query(`INVITATION#${this.#names.email(address)}`),
      ),
    );
    return {
      memberships: Object.fromEntries(
        users
          .flat()
          .filter(({ type }) => type === "membership")
          .map(({ organizationId, userId, role, status }) => [
            this.#names.plain(`${organizationId} ${userId}`),
            `${role} ${status}`,
          ]),
      ),
      invitations: Object.fromEntries(
        invitations
          .flat()
          .map(({ organizationId, email, consumedBy }) => [
            this.#names.plain(`${organizationId} ${email}`),
            consumedBy === null,
          ]),
      ),
    };
  }

  async #query(pk: string): Promise<Record<string, unknown>[]> {
    const values = { ExpressionAttributeValues: { ":pk": pk } };
    const found = await this.#shared.store.send(new QueryCommand({ ...PARTITION, ...values }));
    return found.Items ?? [];
  }
}

const PARTITION = { TableName: "platform-api", KeyConditionExpression: "pk = :pk", ConsistentRead: true };
const NO_CLAIMS = { address: null, claimedUser: null };
