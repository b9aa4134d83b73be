import { readDataFolder } from "./config.ts";
import { dnsCommand } from "./dns-command.ts";

const { exitCode, stdout, stderr } = dnsCommand(process.argv.slice(2), readDataFolder());
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = exitCode;
