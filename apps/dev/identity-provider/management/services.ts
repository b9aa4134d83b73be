import type { Tickets } from "../self-service/tickets.ts";
import type { Site } from "../tenant/site.ts";

/** What the calls of the Management API work on. */
export interface ManagementServices extends Site {
  readonly tickets: Tickets;
}
