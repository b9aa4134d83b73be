import type { Command } from "commander";
import { addAuditCommands } from "./commands/audit/audit-commands.ts";
import { addAuth0Commands } from "./commands/auth0/auth0-commands.ts";
import { addConnectionCommands } from "./commands/connection/connection-commands.ts";
import { addDirectoryCommands } from "./commands/directory/directory-commands.ts";
import { addDomainCommands } from "./commands/domain/domain-commands.ts";
import { addEventsCommands } from "./commands/events/events-commands.ts";
import { addIdentityCommands } from "./commands/identity/identity-commands.ts";
import { addInvitationCommands } from "./commands/invitation/invitation-commands.ts";
import { addLeakCommands } from "./commands/leak/leak-commands.ts";
import { addMemberCommands } from "./commands/member/member-commands.ts";
import { addOrganizationCommands } from "./commands/organization/organization-commands.ts";
import { addRefusalCommands } from "./commands/refusal/refusal-commands.ts";
import { addTableCommands } from "./commands/table/table-commands.ts";
import { addTokenCommands } from "./commands/token/token-commands.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** Every command except `serve`, in the order of `--help`. */
export function addOperatorCommands(program: Command, terminal: Terminal): void {
  addTableCommands(program, terminal);
  addOrganizationCommands(program, terminal);
  addMemberCommands(program, terminal);
  addInvitationCommands(program, terminal);
  addDomainCommands(program, terminal);
  addIdentityCommands(program, terminal);
  addConnectionCommands(program, terminal);
  addRefusalCommands(program, terminal);
  addAuditCommands(program, terminal);
  addTokenCommands(program, terminal);
  addDirectoryCommands(program, terminal);
  addAuth0Commands(program, terminal);
  addEventsCommands(program, terminal);
  addLeakCommands(program, terminal);
}
