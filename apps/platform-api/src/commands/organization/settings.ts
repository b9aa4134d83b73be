import {
  type CanonicalEmail,
  createOrganization,
  type Invited,
  type OrganizationId,
  type OrganizationView,
  type Owner,
  ownerAddresses,
  parseOrganizationId,
  type SettingsChange,
  setState,
  updateOrganization,
  viewOf,
} from "@platform-api/server/domain";
import { type Command, Option } from "commander";
import type { Administration } from "../../compose/administration.ts";
import {
  confirmation,
  type Options,
  toEmail,
  toName,
  toOrganizationId,
  toParse,
} from "../../terminal/arguments.ts";
import { CommandFailure, print, printable, type Terminal, UsageError } from "../../terminal/terminal.ts";
import { MAILS, mailOf } from "../invitation/invitation-commands.ts";
import { asOperator, type OperatorAction, WHEN_NOTICED, withInput, withStores } from "../store-command.ts";

/** The commands about one organization. */
export function addSettingsCommands(organization: Command, terminal: Terminal): void {
  addCreateCommand(organization, terminal);
  addShowCommand(organization, terminal);
  addSetCommand(organization, terminal);
  addCloseCommand(organization, terminal);
  addReopenCommand(organization, terminal);
}

const toNewId = toParse(
  parseOrganizationId,
  'cannot be the id of an organization (expected 1 to 64 letters, digits, dots, hyphens and underscores, and not "me")',
);
const toOrganizationName = toName("organization", "--name");
const toAuth0OrgId = toParse(
  (text) => (text === "none" || /^org_[A-Za-z0-9]{1,64}$/.test(text) ? text : null),
  "is neither Auth0's id (org_…) nor none",
  "--auth0-org-id: ",
);

interface CreateOptions {
  readonly name: string;
  readonly owner: CanonicalEmail;
  readonly json?: true;
}

function addCreateCommand(organization: Command, terminal: Terminal): void {
  organization
    .command("create")
    .argument("<organization>", "its new id: letters, digits, dots, hyphens, underscores", toNewId)
    .description("create an organization and invite its owner, who sets up the rest; may be repeated")
    .requiredOption("--name <name>", "its name, as its members and mails show it", toOrganizationName)
    .requiredOption("--owner <email>", "who accepts by signing in with this address", toEmail)
    .option("--json", "print JSON")
    .action(async (id: OrganizationId, { name, owner, json }: CreateOptions) => {
      const { created, mail } = await withStores(terminal, async (stores, signal) => {
        const declared = { id, name, owner };
        const { organization, owner: invited } = await createOrganization(
          stores.actor,
          declared,
          stores,
          signal,
        );
        const created = { organization: viewOf(organization, stores), owner: invited };
        return { created, mail: await mailOf(id, owner, stores, signal) };
      });
      const words = `The organization ${id} (${printable(name)}) exists. ${describeOwner(id, created.owner)}`;
      const isInvited = created.owner.outcome === "invited" || created.owner.outcome === "renewed";
      const result = { ...created.organization, owner: created.owner };
      print(result, `${words}${isInvited ? ` ${MAILS[mail]}` : ""}\n`, json, terminal);
    });
}

function describeOwner(id: OrganizationId, { email, outcome }: Invited): string {
  switch (outcome) {
    case "already-member":
      return `${email} is a member already: \`member list ${id} --query ${email}\` shows the role, and \`member set-role … owner --force\` makes them owner.`;
    case "removed":
      return `${email} was removed from it, and is not invited: \`member restore ${id} ${email}\`, then \`member set-role … owner --force\`.`;
    default:
      return `${email} is invited as owner.`;
  }
}

function addShowCommand(organization: Command, terminal: Terminal): void {
  organization
    .command("show")
    .argument("<organization>", "its id", toOrganizationId)
    .description("show the settings of an organization and the addresses of its first owners")
    .option("--json", "print JSON")
    .action(async (id: OrganizationId, { json }: { json?: true }) => {
      const shown = await asOperator(id, terminal, async (operator, stores, signal) => ({
        ...viewOf(operator.organization, stores),
        owners: await ownerAddresses(operator, stores, signal),
      }));
      const owners = shown.owners.map((address) => printable(address)).join(", ") || "none";
      print(shown, `${describe(shown)}Owners: ${owners}\n`, json, terminal);
    });
}

interface SetOptions {
  readonly name?: string;
  readonly jit?: "on" | "off";
  readonly defaultRole?: "member" | "admin";
  readonly enforceSso?: "on" | "off";
  readonly auth0OrgId?: string;
  readonly json?: true;
}

function addSetCommand(organization: Command, terminal: Terminal): void {
  const onOrOff = (flags: string, description: string) =>
    new Option(flags, description).choices(["on", "off"]);
  organization
    .command("set")
    .argument("<organization>", "its id", toOrganizationId)
    .description("change settings of an organization, also those that an organizations file decides")
    .option("--name <name>", "its name, as its members and mails show it", toOrganizationName)
    .addOption(onOrOff("--jit <on|off>", "whether a first login through its SSO makes its user a member"))
    .addOption(new Option("--default-role <role>", "the role of such a login").choices(["member", "admin"]))
    .addOption(onOrOff("--enforce-sso <on|off>", "whether memberships count only for logins through its SSO"))
    .option("--auth0-org-id <id>", "its id in Auth0 (org_…), or none", toAuth0OrgId)
    .option("--json", "print JSON")
    .action(async (id: OrganizationId, { json, ...options }: SetOptions) => {
      const changes = changesOf(options);
      if (Object.keys(changes).length === 0) {
        throw new UsageError("nothing to set: give at least one of the options that --help shows");
      }
      const change: Change = async (operator, stores, signal) => {
        if (changes.enforceSso === true) await requireConnection(operator, stores, signal);
        return updateOrganization(operator, { changes, login: null }, stores, signal);
      };
      await changeOne(id, change, json, terminal);
    });
}

/** @throws {CommandFailure} as `org apply` refuses such a file */
async function requireConnection(
  { organization: { id, enforceSso } }: Owner,
  { organizations }: Administration,
  signal: AbortSignal,
): Promise<void> {
  if (enforceSso || (await organizations.listConnections(id, signal)).length > 0) return;
  throw new CommandFailure(
    `${id} has no SSO connection, so nobody could sign in: register one with \`org apply\` first`,
  );
}

function changesOf({ name, jit, defaultRole, enforceSso, auth0OrgId }: SetOptions): SettingsChange {
  return {
    ...(name !== undefined && { name }),
    ...(jit !== undefined && { jit: jit === "on" }),
    ...(defaultRole !== undefined && { defaultRole }),
    ...(enforceSso !== undefined && { enforceSso: enforceSso === "on" }),
    ...(auth0OrgId !== undefined && { auth0OrgId: auth0OrgId === "none" ? null : auth0OrgId }),
  };
}

function addCloseCommand(organization: Command, terminal: Terminal): void {
  organization
    .command("close")
    .argument("<organization>", "its id", toOrganizationId)
    .description("close an organization at once: nobody belongs to it any more, and nothing is deleted")
    .option("--yes", "do not ask for confirmation")
    .option("--json", "print JSON")
    .action(async (id: OrganizationId, { yes, json }: Options) => {
      const confirm = confirmation(yes, terminal);
      const { name } = await asOperator(id, terminal, async ({ organization }) => organization);
      await confirm(
        `Nobody will belong to ${id} (${printable(name)}) any more, join it or accept its invitations. ` +
          "Nothing is deleted, and `org reopen` undoes it.",
      );
      await changeOne(id, withInput(setState, "closed"), json, terminal);
    });
}

function addReopenCommand(organization: Command, terminal: Terminal): void {
  organization
    .command("reopen")
    .argument("<organization>", "its id", toOrganizationId)
    .description("open a closed organization: its members belong to it again; or call off that it closes")
    .option("--json", "print JSON")
    .action(async (id: OrganizationId, { json }: { json?: true }) => {
      await changeOne(id, withInput(setState, "open"), json, terminal);
    });
}

type Change = OperatorAction<Awaited<ReturnType<typeof updateOrganization>>>;

/** Changes an organization and prints it. Warns of what the next `org apply` would set back. */
async function changeOne(
  id: OrganizationId,
  change: Change,
  json: true | undefined,
  terminal: Terminal,
): Promise<void> {
  const { before, after, view } = await asOperator(id, terminal, async (operator, stores, signal) => {
    const after = await change(operator, stores, signal);
    return { before: operator.organization, after, view: viewOf(after, stores) };
  });
  const isChanged = after.rev !== before.rev;
  const locked = after.locked.filter((each) => each !== "closing" && after[each] !== before[each]);
  if (locked.length > 0 && !json) {
    terminal.err(
      `warning: an organizations file decides ${locked.join(", ")}: change it there as well, or the next \`org apply\` sets it back\n`,
    );
  }
  const note = isChanged ? WHEN_NOTICED : "Nothing to change.";
  print(view, `${describe(view)}${note}\n`, json, terminal);
}

function describe(view: OrganizationView): string {
  const { id, name, jit, defaultRole, enforceSso, locked } = view;
  return [
    `${id} (${printable(name)}) ${describeState(view)}\n`,
    `First login through its SSO: ${jit ? `makes a member, as ${defaultRole}` : "makes no member"}\n`,
    `SSO: ${enforceSso ? "enforced" : "optional"}\n`,
    ...(locked.length === 0 ? [] : [`Decided by an organizations file: ${locked.join(", ")}\n`]),
  ].join("");
}

const NOTICES = {
  sending: "its owners are being told",
  sent: "its owners were told",
  failed: "not all of its owners could be told",
  none: "no mail tells its owners",
} as const;

function describeState({ id, state, closing }: OrganizationView): string {
  if (closing === null) return `is ${state}.`;
  const { closesAt, requestedBy, mail } = closing;
  const by = requestedBy === null ? "by an operator" : `as its owner ${requestedBy} asked`;
  if (state === "closed") return `is closed, since ${closesAt}, ${by}. \`org reopen ${id}\` opens it again.`;
  return `is open, and closes at ${closesAt}, ${by}: ${NOTICES[mail]}. \`org reopen ${id}\` calls that off.`;
}
