import { isLoopback } from "../../wire/index.ts";

/** A mail server and how it is reached. */
export interface SmtpServer {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** `implicit` from the first byte, by `starttls` before anything else is said, or `none` within the machine. */
  readonly tls: "implicit" | "starttls" | "none";
  readonly credentials: { readonly user: string; readonly password: string } | null;
}

/** RFC 8314 §3.3 and RFC 6409 §3.1. */
const DEFAULT_PORTS: Partial<Record<string, number>> = { "smtps:": 465, "smtp:": 587 };
/** A name of letters, digits and hyphens, an IPv4 address, or an IPv6 address in brackets. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/i;

/**
 * Parses `smtp://` or `smtps://user:password@host:port`. `smtp` means STARTTLS, except within the machine. Null for
 * anything else, and for options in the address: they could turn TLS off.
 */
export function parseSmtpUrl(text: string): SmtpServer | null {
  const url = URL.parse(text);
  const defaultPort = DEFAULT_PORTS[url?.protocol ?? ""];
  if (url === null || defaultPort === undefined || !HOST.test(url.hostname)) return null;
  if (url.port === "0" || !["", "/"].includes(url.pathname) || /[?#]/.test(text)) return null;
  const credentials = credentialsOf(url);
  if (credentials === undefined) return null;
  const hostname = url.hostname.toLowerCase();
  const tls = url.protocol === "smtps:" ? "implicit" : isLoopback(hostname) ? "none" : "starttls";
  return {
    // Nodemailer asks DNS first, which must not decide where `localhost` is when nothing proves it.
    host: tls === "none" && hostname === "localhost" ? "127.0.0.1" : hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? defaultPort : Number(url.port),
    tls,
    credentials,
  };
}

/** Null without credentials; undefined if there is a user or a password alone, or their encoding is broken. */
function credentialsOf({ username, password }: URL): SmtpServer["credentials"] | undefined {
  if (username === "" && password === "") return null;
  if (username === "" || password === "") return undefined;
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    return undefined;
  }
}
