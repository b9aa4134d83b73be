/** The error for a data folder that no other process holds but that cannot be opened. */
export function brokenFolder(folder: string, service: string, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  const problem = `data folder ${folder} (${service}) cannot be opened (${why})`;
  return new Error(`${problem}: delete it to start over`, { cause });
}

/** An error with advice when the port is in use. Any other error stays as it is. */
export function listenError(cause: unknown, port: number, service: string): unknown {
  if (!(cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE")) return cause;
  const problem = `port ${port} (${service}) is in use`;
  return new Error(`${problem}: stop what listens there, or choose another port`, { cause });
}
