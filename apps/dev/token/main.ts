import { report } from "../outcome.ts";
import { readConfig } from "./config.ts";
import { tokenCommand } from "./token-command.ts";

report(await tokenCommand(process.argv.slice(2), readConfig));
