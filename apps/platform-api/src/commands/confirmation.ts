import { CommandFailure, type Terminal, UsageError } from "./terminal.ts";

/**
 * How a command asks before it changes something.
 * @throws {UsageError} at once, where nobody can be asked and nobody has said `--yes`
 */
export function confirmation(yes: boolean, { ask }: Terminal): (what: string) => Promise<void> {
  if (!yes && ask === null) {
    throw new UsageError("there is no terminal to confirm on, so nothing was changed: repeat it with --yes");
  }
  return async (what) => {
    if (yes || ask === null) return;
    const answer = await ask(`${what} Type yes to go on: `);
    if (answer.trim() !== "yes") throw new CommandFailure("not confirmed, so nothing was changed");
  };
}
