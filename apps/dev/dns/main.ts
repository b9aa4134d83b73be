import { printableLines } from "@platform-api/platform-api/terminal";
import { readDataFolder } from "./config.ts";
import { dnsCommand } from "./dns-command.ts";

const { exitCode, stdout, stderr } = dnsCommand(process.argv.slice(2), readDataFolder());
process.stdout.write(printableLines(stdout));
process.stderr.write(printableLines(stderr));
process.exitCode = exitCode;
