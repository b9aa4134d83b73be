import { type Environment, runCli } from "@platform-api/platform-api";

/** `platform-api events follow`. */
export interface Follower {
  /** Its exit code. */
  readonly ended: Promise<number>;
  /** @returns the exit code */
  stop(): Promise<number>;
  /** What it has written so far. */
  log(): string;
}

/** Follows the events of the identity provider in this process until it is stopped. */
export function startFollower(env: Environment, ...options: string[]): Follower {
  const stopped = Promise.withResolvers<void>();
  let log = "";
  const write = (text: string) => {
    log += text;
  };
  const ended = runCli(["events", "follow", ...options], {
    env,
    out: write,
    err: write,
    readInput: async () => "",
    ask: null,
    operator: "tests",
    onStop: (stop) => void stopped.promise.then(stop),
  });
  return {
    ended,
    stop: () => {
      stopped.resolve();
      return ended;
    },
    log: () => log,
  };
}
