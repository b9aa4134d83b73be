import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { openWizard, type WizardVisit } from "@platform-api/dev/identity-provider";
import { auth0Tenant } from "@platform-api/server/adapters";
import type { SelfServiceUpstreams } from "../simulator/self-service.ts";
import type { Stack } from "../simulator/stack.ts";
import type { HistoryNames } from "./history-names.ts";
import { type Change, type Domain, type Organization, OWN_CONNECTION } from "./vocabulary.ts";

/** Longer than a check answers the last finding. */
const CHECK_AGAIN_MS = 1_050;
const TABLE = "platform-api";
const { signal } = new AbortController();

export interface SetUpPorts {
  readonly stack: Stack;
  readonly store: DynamoDBDocumentClient;
  readonly upstreams: SelfServiceUpstreams;
}

type OfDomain = Extract<Change, { does: "claim" | "prove" | "lapse" | "give up" }>;
type OfConnection = Extract<Change, { does: "begin" | "finish" | "remove connection" }>;
type Switch = Extract<Change, { does: "switch off" | "switch on" }>;

/** What the organizations of one history set up themselves: by the verbs, DNS, and the wizard of the identity provider. */
export class OwnSetUps {
  readonly #ports: SetUpPorts;
  readonly #names: HistoryNames;
  /** The values at the name of a record, by organization. */
  readonly #records = new Map<string, Map<Organization, string>>();
  #wizard: WizardVisit | null = null;
  /** The organization at the identity provider; null until it sets a connection up. */
  auth0OrgId: string | null = null;

  constructor(ports: SetUpPorts, names: HistoryNames) {
    this.#ports = ports;
    this.#names = names;
  }

  /** @returns false when the command line refused it */
  async changeDomain({ does, organization, domain }: OfDomain): Promise<boolean> {
    const args = [this.#names.id(organization), this.#domain(domain)] as const;
    switch (does) {
      case "claim":
        return this.#claim(organization, args);
      case "prove":
        return this.#prove(organization, args);
      case "lapse":
        this.#withdraw(recordOf(args[1]), organization);
        // The first one sees that the record is missing, and the second one that the grace is over.
        for (let times = 0; times < 2; times += 1) await this.#succeed("domain", "recheck");
        return true;
      case "give up":
        return (await this.#ports.stack.cli("domain", "release", ...args)).status === 0;
    }
  }

  async #claim(organization: Organization, args: readonly [string, string]): Promise<boolean> {
    const claimed = await this.#view("claim", args);
    if (claimed === null) return false;
    // A proof that was refused has left its record.
    if (!isVerified(claimed)) this.#withdraw(recordOf(args[1]), organization);
    return (await this.#view("check", args)) !== null;
  }

  async #prove(organization: Organization, args: readonly [string, string]): Promise<boolean> {
    const claimed = await this.#view("claim", args);
    if (claimed === null) return false;
    if (claimed.record !== null) this.#publish(recordOf(args[1]), organization, claimed.record.value);
    const checked = await this.#view("check", args);
    if (checked === null || isVerified(checked)) return checked !== null;
    await new Promise((resolve) => setTimeout(resolve, CHECK_AGAIN_MS));
    const again = await this.#view("check", args);
    return again !== null && isVerified(again);
  }

  /** @returns false when the command line refused it */
  async changeConnection({ does }: OfConnection): Promise<boolean> {
    const args = [this.#names.id("x"), this.#names.id(OWN_CONNECTION)] as const;
    switch (does) {
      case "begin": // nobody has enabled it yet
        return (await this.#ports.stack.cli("connection", "show", ...args)).status === 0;
      case "finish":
        await this.#wizard?.enable();
        await this.#letTimePass(args[0]);
        return (await this.#ports.stack.cli("connection", "show", ...args)).status === 0;
      case "remove connection":
        return (await this.#ports.stack.cli("connection", "remove", ...args, "--yes")).status === 0;
    }
  }

  /** Stores what `connections.begin` stores, under a name of the model, and walks the wizard up to its last step. */
  async begin(): Promise<void> {
    const [organizationId, name] = [this.#names.id("x"), this.#names.id(OWN_CONNECTION)];
    const { upstreams, store } = this.#ports;
    const tenant = tenantOf(upstreams);
    const auth0OrgId = await tenant.ensureOrganization({ name: organizationId, displayName: "X" }, signal);
    const { url } = await tenant.createTicket({ name, displayName: "X", auth0OrgId }, signal);
    const setup = {
      organizationId,
      name,
      displayName: "X",
      startedAt: new Date().toISOString(),
      ticketId: null,
      waitingFor: null,
      askedAt: null,
      rev: crypto.randomUUID(),
      type: "connection-setup",
    };
    const key = { pk: `ORG#${organizationId}`, sk: "SETUP" };
    await store.send(new PutCommand({ TableName: TABLE, Item: { ...key, ...setup } }));
    this.#wizard = await openWizard(url);
    await this.#wizard.create("waad");
    this.auth0OrgId = auth0OrgId;
  }

  /** So that the next call asks the identity provider again, if the set-up is still pending. */
  async #letTimePass(organizationId: string): Promise<void> {
    const update = new UpdateCommand({
      TableName: TABLE,
      Key: { pk: `ORG#${organizationId}`, sk: "SETUP" },
      UpdateExpression: "SET askedAt = :never",
      ConditionExpression: "attribute_exists(pk)",
      ExpressionAttributeValues: { ":never": null },
    });
    await this.#ports.store.send(update).catch((error: unknown) => {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  }

  /** Stores what an owner's `connections.update` stores: the state, under a new revision. */
  async switch({ does, connection }: Switch): Promise<void> {
    const values = { ":state": does === "switch on" ? "enabled" : "disabled", ":rev": crypto.randomUUID() };
    await this.#ports.store.send(
      new UpdateCommand({
        TableName: TABLE,
        Key: { pk: `CONNECTION#${this.#names.id(connection)}`, sk: "CONNECTION" },
        UpdateExpression: "SET #state = :state, #rev = :rev",
        ExpressionAttributeNames: { "#state": "state", "#rev": "rev" },
        ExpressionAttributeValues: values,
      }),
    );
  }

  /** Takes the records away, so that later rechecks do not look for them forever. */
  end(): void {
    for (const name of this.#records.keys()) this.#ports.upstreams.dns.records.remove(name);
  }

  #domain(domain: Domain): string {
    return this.#names.id(domain, ".example");
  }

  #publish(name: string, organization: Organization, value: string): void {
    const values = this.#records.get(name) ?? new Map<Organization, string>();
    this.#records.set(name, values.set(organization, value));
    this.#ports.upstreams.dns.records.set(name, [...values.values()]);
  }

  #withdraw(name: string, organization: Organization): void {
    const values = this.#records.get(name);
    values?.delete(organization);
    const { records } = this.#ports.upstreams.dns;
    if (values === undefined || values.size === 0) records.remove(name);
    else records.set(name, [...values.values()]);
  }

  /** @returns null when the command line refused it */
  async #view(verb: "claim" | "check", args: readonly [string, string]): Promise<DomainView | null> {
    const { status, output } = await this.#ports.stack.cli("domain", verb, ...args, "--json");
    return status === 0 ? JSON.parse(output) : null;
  }

  async #succeed(...args: string[]): Promise<void> {
    const { status, output } = await this.#ports.stack.cli(...args);
    if (status !== 0) throw new Error(output);
  }
}

interface DomainView {
  readonly state: string;
  readonly record: { readonly value: string } | null;
}

function isVerified({ state }: DomainView): boolean {
  return state === "verified" || state === "missing";
}

function recordOf(domain: string): string {
  return `_platform-api.${domain}`;
}

function tenantOf({ settings }: SelfServiceUpstreams) {
  return auth0Tenant({
    url: settings.AUTH0_MANAGEMENT_URL ?? "",
    clientId: settings.AUTH0_MANAGEMENT_CLIENT_ID ?? "",
    clientSecret: settings.AUTH0_MANAGEMENT_CLIENT_SECRET ?? "",
    profileId: settings.AUTH0_SELF_SERVICE_PROFILE_ID ?? "",
    appClientIds: settings.AUTH0_APP_CLIENT_IDS?.split(",") ?? [],
  });
}
