/** The error for a data folder that no other process holds but that cannot be opened. */
export function brokenFolder(folder: string, service: string, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  const problem = `data folder ${folder} (${service}) cannot be opened (${why})`;
  return new Error(`${problem}: delete it to start over`, { cause });
}
