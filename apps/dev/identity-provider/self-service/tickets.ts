import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { RecordStore } from "../records/record-store.ts";

const KIND = "SelfServiceTicket";
const SESSION = "SelfServiceSession";
const SESSION_SECONDS = 5 * 3_600;
const MAX_OPENS = 10;
/** An old ticket is told from an unknown one this long. */
const KEPT_SECONDS = 30 * 86_400;

const ticketSchema = z.object({
  id: z.string(),
  connection: z.object({ name: z.string(), displayName: z.string() }),
  clientIds: z.array(z.string()),
  organizations: z.array(
    z.object({ id: z.string(), assignMembershipOnLogin: z.boolean(), showAsButton: z.boolean() }),
  ),
  /** Until it is first opened. In seconds since 1970, as all times here. */
  expiresAt: z.number(),
  /** Five hours after it was first opened. */
  sessionsEndAt: z.number().nullable(),
  opens: z.number(),
  /** The connection that was created with it. */
  connectionId: z.string().nullable(),
  isFinished: z.boolean(),
});

/** Allows its bearer to create one connection. */
export type Ticket = Readonly<z.infer<typeof ticketSchema>>;

/** Why a ticket opens no wizard, or a wizard does not go on. */
export type TicketProblem = "unknown" | "expired" | "used up";

/** The tickets for the wizard, and the wizards that were opened with them. */
export class Tickets {
  readonly #records: RecordStore;

  constructor(records: RecordStore) {
    this.#records = records;
  }

  create(
    wanted: Pick<Ticket, "connection" | "clientIds" | "organizations">,
    lifetimeSeconds: number,
  ): Ticket {
    const id = randomBytes(24).toString("base64url");
    const unused = { sessionsEndAt: null, opens: 0, connectionId: null, isFinished: false };
    return this.#store({ ...wanted, id, expiresAt: now() + lifetimeSeconds, ...unused });
  }

  /** Opens a wizard. @returns its session, which is a secret like the ticket */
  open(id: string): { session: string } | TicketProblem {
    const ticket = this.#find(id);
    if (ticket === null) return "unknown";
    if (ticket.opens >= MAX_OPENS) return "used up";
    if (hasExpired(ticket)) return "expired";
    const sessionsEndAt = ticket.sessionsEndAt ?? now() + SESSION_SECONDS;
    this.#store({ ...ticket, opens: ticket.opens + 1, sessionsEndAt });
    const session = randomBytes(24).toString("base64url");
    this.#records.write(SESSION, session, id, { expiresAt: sessionsEndAt + KEPT_SECONDS });
    return { session };
  }

  ofSession(session: string): Ticket | TicketProblem {
    const id = this.#records.read(SESSION, session, z.string());
    const ticket = id === null ? null : this.#find(id);
    if (ticket === null) return "unknown";
    return hasExpired(ticket) ? "expired" : ticket;
  }

  noteConnection(ticket: Ticket, connectionId: string): Ticket {
    return this.#store({ ...ticket, connectionId });
  }

  finish(ticket: Ticket): void {
    this.#store({ ...ticket, isFinished: true });
  }

  /** Ends the ticket and every wizard that was opened with it. */
  revoke(id: string): void {
    this.#records.remove(KIND, id);
  }

  #find(id: string): Ticket | null {
    return this.#records.read(KIND, id, ticketSchema);
  }

  #store(ticket: Ticket): Ticket {
    this.#records.write(KIND, ticket.id, ticket, { expiresAt: now() + KEPT_SECONDS });
    return ticket;
  }
}

function hasExpired({ expiresAt, sessionsEndAt }: Ticket): boolean {
  return now() >= (sessionsEndAt ?? expiresAt);
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}
