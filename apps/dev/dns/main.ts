import { report } from "../outcome.ts";
import { readDataFolder } from "./config.ts";
import { dnsCommand } from "./dns-command.ts";

report(dnsCommand(process.argv.slice(2), readDataFolder()));
