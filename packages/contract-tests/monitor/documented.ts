import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { ROOT, shippedText } from "./shipped.ts";

/** The commands of docs/monitor.md that begin so. */
export function documentedCommands(start: string): string[] {
  const blocks = [...shippedText("docs/monitor.md").matchAll(/```sh\n([\s\S]*?)```/g)];
  return blocks.flatMap(([, commands = ""]) => commands.split("\n")).filter((line) => line.startsWith(start));
}

/** Runs a command in the folder of the repository, or in another one. */
export async function runInRepository(
  command: string,
  cwd = ROOT,
): Promise<{ status: number | null; printed: string }> {
  const child = spawn("bash", ["-c", `{ ${command}; } 2>&1`], { cwd, stdio: ["ignore", "pipe", "inherit"] });
  const [printed, [status]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  return { status, printed };
}
