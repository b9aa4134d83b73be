import type { Command } from "commander";
import { addAuditCommands } from "./audit-commands.ts";
import { addAuth0Commands } from "./auth0-commands.ts";
import { addConnectionCommands } from "./connection-commands.ts";
import { addDirectoryCommands } from "./directory-commands.ts";
import { addDomainCommands } from "./domain-commands.ts";
import { addIdentityCommands } from "./identity-commands.ts";
import { addInvitationCommands } from "./invitation-commands.ts";
import { addMemberCommands } from "./member-commands.ts";
import { addOrganizationCommands } from "./organization-commands.ts";
import { addTableCommands } from "./table-commands.ts";
import type { Terminal } from "./terminal.ts";
import { addTokenCommands } from "./token-commands.ts";

/** Every command except `serve`, in the order of `--help`. */
export function addOperatorCommands(program: Command, terminal: Terminal): void {
  addTableCommands(program, terminal);
  addOrganizationCommands(program, terminal);
  addMemberCommands(program, terminal);
  addInvitationCommands(program, terminal);
  addDomainCommands(program, terminal);
  addIdentityCommands(program, terminal);
  addConnectionCommands(program, terminal);
  addAuditCommands(program, terminal);
  addTokenCommands(program, terminal);
  addDirectoryCommands(program, terminal);
  addAuth0Commands(program, terminal);
}
