import { z } from "zod";
import { type Items, loginIdOf, MAILBOX } from "../../../domain/index.ts";
import { indexKeys, keys } from "./keys.ts";
import { domainName, email, instant, organizationId, userId } from "./scalars.ts";
import type { ItemType } from "./stored-item.ts";

const saidBlocked = z.object({ isBlocked: z.boolean(), at: instant }).nullable();

/** Who a subject is, and what ends its tokens. */
export const IDENTITY_ITEMS: {
  readonly [Kind in
    | "link"
    | "seat"
    | "speakers"
    | "block"
    | "signOut"
    | "facts"
    | "session"
    | "window"]: ItemType<Items[Kind]>;
} = {
  link: {
    type: "link",
    schema: z.object({
      tenant: z.string(),
      subject: z.string(),
      userId,
      connection: z.string(),
      organizationId: organizationId.nullable(),
      email: email.nullable(),
      rule: z.enum(["claim", "verified-domain", "verified-email", "report-mode", "operator"]),
      linkedAt: instant,
      rev: z.string(),
    }),
    key: (link) => keys.link(loginIdOf(link)),
    indexKeys: (link) => [indexKeys.link(link.userId, link), indexKeys.linked(link.connection, link)],
  },
  seat: {
    type: "seat",
    schema: z.object({
      tenant: z.string(),
      connection: z.string(),
      userId,
      subject: z.string(),
      rev: z.string(),
    }),
    key: keys.seat,
    indexKeys: (seat) => [indexKeys.seat(seat, seat)],
  },
  speakers: {
    type: "speakers",
    schema: z.object({
      userId,
      by: z.union([z.literal(MAILBOX), organizationId]).nullable(),
      sso: organizationId.nullable(),
      inside: z.array(z.object({ organizationId, domain: domainName })),
      settledAt: instant.nullable(),
      erasedAt: instant.nullable().default(null), // absent from what an earlier version has stored
      rev: z.string(),
    }),
    key: (speakers) => keys.speakers(speakers.userId),
  },
  block: {
    type: "block",
    schema: z.object({ userId, blockedAt: instant, rev: z.string() }),
    key: (block) => keys.block(block.userId),
  },
  signOut: {
    type: "sign-out",
    schema: z.object({ userId, notBefore: z.int(), rev: z.string() }),
    key: (signOut) => keys.signOut(signOut.userId),
  },
  facts: {
    type: "subject-facts",
    schema: z.object({
      tenant: z.string(),
      subject: z.string(),
      notBefore: z.int().nullable(),
      sidlessNotBefore: z.int().nullable(),
      logoutBefore: z.int().nullable(),
      sources: z.object({ event: saidBlocked, operator: saidBlocked }),
      rev: z.string(),
    }),
    key: (facts) => keys.facts(loginIdOf(facts)),
  },
  session: {
    type: "ended-session",
    schema: z.object({
      tenant: z.string(),
      subject: z.string(),
      sid: z.string(),
      at: z.int(),
      keptUntil: z.int(),
      rev: z.string(),
    }),
    key: (session) => keys.session(loginIdOf(session), session.sid),
    deleteAfter: ({ keptUntil }) => keptUntil,
  },
  window: {
    type: "relink-window",
    schema: z.object({
      connection: z.string(),
      organizationId,
      openedAt: instant,
      until: instant,
      from: organizationId.nullable(),
      rev: z.string(),
    }),
    key: ({ connection }) => keys.relinkWindow(connection),
  },
};
