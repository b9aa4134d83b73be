/** Whether a URL's `hostname` is this machine: `localhost`, `[::1]` or 127.0.0.0/8, and no name that starts like one. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
