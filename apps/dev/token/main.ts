import { readConfig } from "./config.ts";
import { tokenCommand } from "./token-command.ts";

const { exitCode, stdout, stderr } = await tokenCommand(process.argv.slice(2), readConfig);
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = exitCode;
