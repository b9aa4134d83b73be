import {
  type Connection,
  type ConnectionTest,
  type ConnectionView,
  getConnection,
  listConnections,
  type OrganizationId,
  operatorOf,
  removeConnection,
  type SetupStep,
  testConnection,
  updateConnection,
} from "@platform-api/server/domain";
import { tokenTrial } from "@platform-api/server/trial";
import { type Command, Option } from "commander";
import { composeTokenJudge } from "../../compose/judge.ts";
import { readServerConfig } from "../../config/config.ts";
import { confirmation, type Options, readToken, toName, toOrganizationId } from "../../terminal/arguments.ts";
import { notFound } from "../../terminal/domain-errors.ts";
import {
  CommandFailure,
  formatTable,
  print,
  printable,
  type Terminal,
  UsageError,
} from "../../terminal/terminal.ts";
import { asOperator, WHEN_NOTICED, withInput, withStores } from "../store-command.ts";

type Name = Connection["name"];

/** The commands about the connections of one organization. */
export function addConnectionSettings(connection: Command, terminal: Terminal): void {
  addListCommand(connection, terminal);
  addShowCommand(connection, terminal);
  addSetCommand(connection, terminal);
  addTestCommand(connection, terminal);
  addRemoveCommand(connection, terminal);
}

const ORGANIZATION = ["<organization>", "the organization's id", toOrganizationId] as const;
const NAME = ["<name>", "the connection's name, as `connection list` shows it"] as const;
const JSON_OPTION = ["--json", "print JSON"] as const;

function addListCommand(connection: Command, terminal: Terminal): void {
  connection
    .command("list")
    .argument(...ORGANIZATION)
    .description("list the connections, and the one that is being set up")
    .option(...JSON_OPTION)
    .action(async (id: OrganizationId, { json }: Options) => {
      const connections = await asOperator(id, terminal, listConnections);
      const nothing = `${id} has no connections: its owner can set one up in the console.\n`;
      const words = connections.length === 0 ? nothing : formatTable(HEADINGS, connections.map(toRow));
      print(connections, words, json, terminal);
    });
}

function addShowCommand(connection: Command, terminal: Terminal): void {
  connection
    .command("show")
    .argument(...ORGANIZATION)
    .argument(...NAME)
    .description("show a connection; one that is being set up is finished if Auth0 has all of it")
    .option(...JSON_OPTION)
    .action(async (id: OrganizationId, name: Name, { json }: Options) => {
      const shown = await asOperator(id, terminal, withInput(getConnection, name)).catch(refused(id, name));
      print(shown, describe(shown), json, terminal);
    });
}

interface SetOptions extends Options {
  readonly displayName?: string;
  readonly enabled?: "on" | "off";
}

function addSetCommand(connection: Command, terminal: Terminal): void {
  connection
    .command("set")
    .argument(...ORGANIZATION)
    .argument(...NAME)
    .description("rename a connection, or switch it off or on")
    .option(
      "--display-name <name>",
      "its name, as the sign-in page shows it",
      toName("connection", "--display-name"),
    )
    .addOption(
      new Option("--enabled <on|off>", "whether people can sign in through it").choices(["on", "off"]),
    )
    .option(...JSON_OPTION)
    .action(async (id: OrganizationId, name: Name, { displayName, enabled, json }: SetOptions) => {
      if (displayName === undefined && enabled === undefined) {
        throw new UsageError("nothing to set: give --display-name, --enabled or both");
      }
      const change = { name, displayName, enabled: enabled === undefined ? undefined : enabled === "on" };
      const after = await asOperator(id, terminal, withInput(updateConnection, change)).catch(
        refused(id, name),
      );
      if (after.origin === "operator" && displayName !== undefined && !json) {
        terminal.err(
          "warning: an organizations file may decide the name of this connection: change it there as well, or the next `org apply` sets it back\n",
        );
      }
      print(after, `${describe(after)}${WHEN_NOTICED}\n`, json, terminal);
    });
}

function addTestCommand(connection: Command, terminal: Terminal): void {
  connection
    .command("test")
    .argument(...ORGANIZATION)
    .argument(...NAME)
    .argument("[token]", "an access token of a sign-in through it (default: read from standard input)")
    .description(
      "judge a fresh token of a connection, rule by rule; needs the configuration of `serve`, and stores only that it passed",
    )
    .option(...JSON_OPTION)
    .action(async (id: OrganizationId, name: Name, argument: string | undefined, { json }: Options) => {
      const config = readServerConfig(terminal.env);
      const token = await readToken(argument, terminal);
      const judge = composeTokenJudge(config);
      try {
        const tested = await withStores(terminal, async (stores, signal) => {
          await judge.load(signal);
          const operator = await operatorOf(stores.actor, id, stores.organizations, signal);
          return testConnection(
            operator,
            { name, token },
            { ...stores, trial: tokenTrial(judge) },
            signal,
          ).catch(refused(id, name));
        });
        print(tested, describeTest(name, tested), json, terminal);
        if (!tested.passed) throw new CommandFailure("the test failed");
      } finally {
        judge.close();
      }
    });
}

function addRemoveCommand(connection: Command, terminal: Terminal): void {
  connection
    .command("remove")
    .argument(...ORGANIZATION)
    .argument(...NAME)
    .description("remove a connection for good, or end its set-up: nobody can sign in through it any more")
    .option("--yes", "do not ask for confirmation")
    .option(...JSON_OPTION)
    .action(async (id: OrganizationId, name: Name, { yes, json }: Options) => {
      const confirm = confirmation(yes, terminal);
      const shown = printable(name);
      await confirm(
        `Nobody will be able to sign in to ${id} through ${shown} any more, and its name cannot be used again. ` +
          "Auth0 keeps the connection and its users. One of an organizations file comes back with the next `org apply`, " +
          "unless the file leaves it out.",
      );
      await asOperator(id, terminal, withInput(removeConnection, name)).catch(refused(id, name));
      print({}, `The connection ${shown} is removed. ${WHEN_NOTICED}\n`, json, terminal);
    });
}

function refused(id: OrganizationId, name: Name): (error: unknown) => never {
  return notFound(`${id} has no connection ${printable(name)}: see \`platform-api connection list ${id}\``);
}

const WAITS: Readonly<Record<SetupStep, string>> = {
  connection: "for somebody to finish the wizard at Auth0",
  clients: "for our applications to be enabled on it at Auth0",
  organization: "for it to be enabled for the organization at Auth0",
  strategy: "because its kind of identity provider cannot be used: remove it, and begin again",
  commonEndpoint:
    "because it uses Microsoft's common endpoint, which anyone can sign in through: set it up with the company's own tenant",
};

function describe({
  name,
  displayName,
  strategy,
  state,
  waitingFor,
  testedAt,
  origin,
}: ConnectionView): string {
  const waits = waitingFor === null ? "" : `, and waits ${WAITS[waitingFor]}`;
  return [
    `${printable(name)} (${printable(displayName)}) is ${state}${waits}.\n`,
    `Identity provider: ${strategy === null ? "not known yet" : printable(strategy)}\n`,
    `Set up by: ${origin === "operator" ? "operators" : "the organization"}\n`,
    `Last passed test: ${testedAt ?? "never"}\n`,
  ].join("");
}

function describeTest(name: Name, { passed, steps }: ConnectionTest): string {
  const width = Math.max(0, ...steps.map(({ rule }) => rule.length));
  const lines = steps.flatMap(({ rule, ok, saw, fix }) => [
    `${ok ? "✓" : "✗"} ${rule.padEnd(width)}  ${printable(saw)}\n`,
    ...(ok || fix === "" ? [] : [`${" ".repeat(width + 4)}to fix: ${fix}\n`]),
  ]);
  const shown = printable(name);
  const verdict = passed
    ? `People can sign in through ${shown}.`
    : `This sign-in is refused: if another token fails as well, people cannot sign in through ${shown}.`;
  return `${lines.join("")}${verdict}\n`;
}

const HEADINGS = ["NAME", "DISPLAY NAME", "STRATEGY", "STATE", "WAITING FOR", "TESTED", "ORIGIN"];

function toRow({ name, displayName, strategy, state, waitingFor, testedAt, origin }: ConnectionView) {
  return [name, displayName, strategy, state, waitingFor, testedAt, origin];
}
