import { text as readText } from "node:stream/consumers";
import type { KoaContextWithOIDC } from "oidc-provider";
import { showMessage } from "../pages/message.ts";
import { type Page, type PageContext, redirect, showPage } from "../pages/page.ts";
import type { TenantConnection } from "../tenant/connection.ts";
import { connectionOptions } from "../tenant/connection-options.ts";
import { NameTaken } from "../tenant/name-taken.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { Ticket, TicketProblem, Tickets } from "./tickets.ts";
import { SELF_SERVICE_STRATEGIES, WIZARD } from "./wizard-address.ts";
import { choicePage, createdPage, enabledPage } from "./wizard-page.ts";

type WizardContext = PageContext &
  Pick<KoaContextWithOIDC, "req" | "path" | "method" | "querystring" | "redirect">;

interface WizardServices {
  readonly tenant: Tenant;
  readonly tickets: Tickets;
}

const PROBLEMS = {
  unknown: {
    status: 404,
    title: "This link does not work",
    text: "It was withdrawn, or it is not complete. Go back to the application and begin again.",
  },
  expired: {
    status: 410,
    title: "This link has expired",
    text: "It was not opened in time, or was opened five hours ago. Go back to the application and begin again.",
  },
  "used up": {
    status: 410,
    title: "This link is used up",
    text: "It can be opened ten times. Go back to the application and begin again.",
  },
} as const satisfies Record<TicketProblem, object>;

/** Serves the wizard in which a company's administrator connects its identity provider. @returns false for other paths */
export async function answerWizard(ctx: WizardContext, services: WizardServices): Promise<boolean> {
  if (ctx.path === WIZARD) openWizard(ctx, services.tickets);
  else if (ctx.path.startsWith(`${WIZARD}/`)) await goOn(ctx, services);
  else return false;
  return true;
}

/** Counts as one of the ticket's opens. The wizard then has an address of its own, which can be reloaded. */
function openWizard(ctx: WizardContext, tickets: Tickets): void {
  const opened = tickets.open(new URLSearchParams(ctx.querystring).get("ticket") ?? "");
  if (typeof opened === "string") showProblem(ctx, opened);
  else redirect(ctx, `${WIZARD}/${opened.session}`);
}

async function goOn(ctx: WizardContext, { tenant, tickets }: WizardServices): Promise<void> {
  const session = ctx.path.slice(WIZARD.length + 1);
  const ticket = tickets.ofSession(session);
  if (typeof ticket === "string") return showProblem(ctx, ticket);
  const connection = ticket.connectionId === null ? null : tenant.connections.findById(ticket.connectionId);
  if (ctx.method !== "POST") return showPage(ctx, 200, stepOf(ticket, connection));

  const form = new URLSearchParams(await readText(ctx.req));
  if (connection === null) {
    const problem = create(form, ticket, { tenant, tickets });
    if (problem !== null) return showPage(ctx, 400, choicePage(ticket.connection.displayName, problem));
  } else if (form.get("step") === "enable") {
    enable(connection, ticket, tenant);
    tickets.finish(ticket);
  }
  redirect(ctx, ctx.path);
}

function stepOf(ticket: Ticket, connection: TenantConnection | null): Page {
  if (connection === null) return choicePage(ticket.connection.displayName, null);
  return ticket.isFinished ? enabledPage(connection) : createdPage(connection);
}

/** Creates the connection, through which nobody can sign in yet. @returns the error to show, or null */
function create(form: URLSearchParams, ticket: Ticket, { tenant, tickets }: WizardServices): string | null {
  const strategy = form.get("strategy") ?? "";
  if (!SELF_SERVICE_STRATEGIES.includes(strategy)) return "Choose your identity provider.";
  const { name, displayName } = ticket.connection;
  const isCommonEndpoint = form.has("commonEndpoint");
  const options = connectionOptions(strategy, displayName, isCommonEndpoint);
  try {
    const { id } = tenant.connections.create({ name, strategy, displayName }, options);
    tickets.noteConnection(ticket, id);
    return null;
  } catch (error) {
    if (!(error instanceof NameTaken)) throw error;
    return `There is a connection called ${name} already. Go back to the application and begin again.`;
  }
}

function enable(connection: TenantConnection, { clientIds, organizations }: Ticket, tenant: Tenant): void {
  tenant.connections.changeClients(connection, new Map(clientIds.map((id) => [id, true])));
  for (const { id, ...settings } of organizations) {
    const organization = tenant.organizations.find(id);
    if (organization !== null) tenant.organizations.enable(organization, connection, settings);
  }
}

function showProblem(ctx: WizardContext, problem: TicketProblem): void {
  const { status, title, text } = PROBLEMS[problem];
  showMessage(ctx, status, { title, text });
}
