import { secretProblem } from "@platform-api/server/adapters";
import { type ServiceClients, USUAL_RECORD_LABEL } from "@platform-api/server/domain";
import {
  isLoopback,
  isServicePermission,
  MAX_TIMER_MS,
  SERVICE_PERMISSIONS,
  type ServicePermission,
} from "@platform-api/server/wire";
import { z } from "zod";

const wholeNumber = z
  .string()
  .regex(/^\d{1,15}$/, "must be a whole number, 0 or more")
  .transform(Number)
  .transform((value) => Math.min(value, MAX_TIMER_MS));

export const count = (fallback: number) => wholeNumber.default(fallback);

/** Bounded where a larger value would keep an expired token or a removed membership valid for too long. */
export const atMost = (most: number, fallback: number) =>
  count(fallback).refine((value) => value <= most, `must be at most ${most}`);

/** A mistake is refused where a smaller value would delete what cannot be brought back. */
export const between = (least: number, most: number) =>
  wholeNumber.refine((value) => least <= value && value <= most, `must be ${least} to ${most}`);

/** 0 is any free one. */
export const port = wholeNumber.refine((value) => value <= 65_535, "must be a port, 0 to 65535");

export const mainPort = port.default(4_000);

export const text = z.string("is missing").refine((value) => value.trim() !== "", "is blank");

/** https, or plain http within the machine. */
export const safeUrl = z.string("is missing").refine((value) => {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  if (holdsCredentials(value)) return false; // fetch refuses such a URL, and its error would log the credentials
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}, "must be an https address, or http on a loopback address, without credentials");

function holdsCredentials(value: string): boolean {
  const { username, password } = new URL(value);
  return username !== "" || password !== "";
}

export const httpUrl = z
  .string("is missing")
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), {
    error: "must be an http or https address",
  })
  .refine((value) => !URL.canParse(value) || !holdsCredentials(value), "must not hold credentials");

export const list = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((value) => value.split(",").map((item) => item.trim()))
    .transform((items) => items.filter((item) => item !== ""));

export const issuers = list("").pipe(
  z
    .array(safeUrl.refine((issuer) => issuer.endsWith("/"), "must end in a slash, as in the tokens' iss"))
    .min(1, "is missing")
    .refine((names) => new Set(names).size === names.length, "contains an issuer twice"),
);

/** With or without the slash that an address bar shows at the end. */
export const origins = list("")
  .transform((all) => all.map((origin) => origin.replace(/\/$/, "")))
  .pipe(
    z
      .array(z.string())
      .refine((all) => all.every((value) => URL.canParse(value) && new URL(value).origin === value), {
        error: "must be exact origins such as https://app.example, without a path",
      }),
  );

export const recordLabel = z
  .string()
  .regex(
    /^_[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?$/,
    "must be such as _acme-id: an underscore, and then a name",
  )
  .default(USUAL_RECORD_LABEL);

export const secret = z.string("is missing").superRefine((value, ctx) => {
  const problem = secretProblem(value);
  if (problem !== null) ctx.addIssue({ code: "custom", message: `is not a safe secret: ${problem}` });
});

export const flag = z
  .enum(["", "0", "false", "1", "true"], "must be 1 or true (on), or 0 or false (off)")
  .default("")
  .transform((value) => value === "1" || value === "true");

/** Of an application at Auth0. */
export const CLIENT_ID = /^(?:(?!["'[\]{};*\\])[\x21-\x7e]){1,255}$/;

/** `<client id>=standing,<client id>=standing+audit`. Its problems quote what is wrong, because none of it is a secret. */
export const serviceClients = list("").transform((entries, ctx): ServiceClients => {
  const services = new Map<string, ReadonlySet<ServicePermission>>();
  for (const entry of entries) {
    const [clientId = "", permissions = "", ...rest] = entry.split("=");
    const listed = permissions.split("+");
    const isService = CLIENT_ID.test(clientId) && permissions !== "" && rest.length === 0;
    const unknown = listed.find((permission) => !isServicePermission(permission));
    const refuse = (message: string) => ctx.addIssue({ code: "custom", message });
    if (!isService)
      refuse(`must have entries such as worker=standing+audit, separated by commas; "${entry}" is not one`);
    else if (unknown !== undefined)
      refuse(`gives ${clientId} the unknown permission "${unknown}": use ${SERVICE_PERMISSIONS.join(", ")}`);
    else if (services.has(clientId)) refuse(`lists ${clientId} twice: join its permissions by +`);
    services.set(clientId, new Set(listed.filter(isServicePermission)));
  }
  return services;
});

/** Parses a value once. The problem names no part of it. */
export function parsed<T>(parse: (value: string) => T | null, problem: string) {
  return z.string().transform((value, ctx): T => {
    const result = parse(value);
    if (result !== null) return result;
    ctx.addIssue({ code: "custom", message: problem });
    return z.NEVER;
  });
}

/** What the product is called. It stands in the texts of mails. */
export const brandName = text
  .refine((name) => name.length <= 60, "must have at most 60 characters")
  .refine((name) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(name), "must be one line of text")
  .default("Platform");

export const colour = z
  .string()
  .regex(/^#[0-9a-f]{6}$/i, "must be a colour such as #4b50c8")
  .default("#4b50c8");

/** Without a trailing slash. */
export const pageUrl = safeUrl
  .refine((value) => !/[?#]/.test(value), "must not have a query or a fragment")
  .transform((value) => value.replace(/\/+$/, ""));
