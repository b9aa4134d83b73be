import { parseArgs } from "node:util";
import type { Outcome } from "../outcome.ts";
import { parseName, TxtRecords } from "./records.ts";

const HELP = `Changes the TXT records that the development DNS server answers. A change takes effect at once.

  ./platform dns set <name> <value> [<value> …]   replaces all values of the name
  ./platform dns remove <name>
  ./platform dns list

Environment: DATA_FOLDER
`;

class WrongUse extends Error {
  override readonly name = "WrongUse";
}

/** Runs `./platform dns` with these arguments. */
export function dnsCommand(args: readonly string[], dataFolder: string): Outcome {
  try {
    return { exitCode: 0, stdout: run(args, new TxtRecords(dataFolder)), stderr: "" };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof WrongUse) return { exitCode: 2, stdout: "", stderr: `${message}\n\n${HELP}` };
    return { exitCode: 1, stdout: "", stderr: `${message}\n` };
  }
}

function run(args: readonly string[], records: TxtRecords): string {
  const [verb, name, ...values] = positionalsOf(args);
  switch (verb) {
    case "help":
      return HELP;
    case "set":
      if (name === undefined || values.length === 0) throw new WrongUse("A name and a value are needed");
      records.set(name, values);
      return listed(records, name);
    case "remove":
      if (name === undefined || values.length > 0) throw new WrongUse("One name is needed");
      if (!records.remove(name)) throw new Error(`There is no TXT record ${name}`);
      return `Removed ${name}.\n`;
    case "list":
      if (name !== undefined) throw new WrongUse("list takes no name");
      return listed(records) || "There are no TXT records.\n";
    default:
      throw new WrongUse(
        verb === undefined ? "set, remove or list is needed" : `There is no command ${verb}`,
      );
  }
}

function positionalsOf(args: readonly string[]): string[] {
  try {
    const options = { help: { type: "boolean" } } as const;
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
    return values.help ? ["help"] : positionals;
  } catch (error) {
    throw new WrongUse(error instanceof Error ? error.message : String(error));
  }
}

/** One line for each value, as in a zone file. */
function listed(records: TxtRecords, only?: string): string {
  const name = only === undefined ? undefined : parseName(only);
  return Object.entries(records.all())
    .filter(([each]) => name === undefined || each === name)
    .flatMap(([each, values]) => values.map((value) => `${each} TXT ${JSON.stringify(value)}\n`))
    .join("");
}
