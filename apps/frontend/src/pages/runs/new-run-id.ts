/** RFC 9562, 5.7: the time in milliseconds, the version, and then chance, so that later ids sort after earlier ones. */
export function newRunId(now = Date.now()): string {
  const time = now.toString(16).padStart(12, "0");
  const [, , , ...chance] = crypto.randomUUID().split("-");
  const more = crypto.randomUUID().slice(0, 3);
  return [time.slice(0, 8), time.slice(8), `7${more}`, ...chance].join("-");
}
