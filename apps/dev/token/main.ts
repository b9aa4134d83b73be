import { printableLines } from "@platform-api/platform-api/terminal";
import { readConfig } from "./config.ts";
import { tokenCommand } from "./token-command.ts";

const { exitCode, stdout, stderr } = await tokenCommand(process.argv.slice(2), readConfig);
process.stdout.write(printableLines(stdout));
process.stderr.write(printableLines(stderr));
process.exitCode = exitCode;
