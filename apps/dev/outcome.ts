import { printableLines } from "@platform-api/platform-api/terminal";

/** The result of a command. */
export interface Outcome {
  /** 0: success, 1: failure, 2: wrong usage. */
  readonly exitCode: 0 | 1 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** Prints what a command says, and sets the exit status of this process. */
export function report({ exitCode, stdout, stderr }: Outcome): void {
  process.stdout.write(printableLines(stdout));
  process.stderr.write(printableLines(stderr));
  process.exitCode = exitCode;
}
