/** What to tell of a data folder whose content cannot be opened, though nobody else holds it. */
export function brokenFolder(folder: string, service: string, cause: unknown): Error {
  const why = cause instanceof Error ? cause.message : String(cause);
  const problem = `data folder ${folder} (${service}) cannot be opened (${why})`;
  return new Error(`${problem}: delete it to begin anew`, { cause });
}
