import type { Auth0Tenant } from "../../domain/index.ts";
import type { OnUpstream } from "../timed.ts";
import { OPTIONS_HIDDEN } from "./common-endpoint.ts";
import { domainCalls, unusable } from "./domain-calls.ts";
import { createManagementClient, type ManagementClientOptions } from "./management-client.ts";
import {
  connectionsByNameCall,
  createOrganizationCall,
  createTicketCall,
  enabledClientsCall,
  enabledConnectionCall,
  organizationByNameCall,
  revokeTicketCall,
  type TenantOperation,
  withdrawCall,
} from "./tenant-calls.ts";
import { parseTicket } from "./ticket-url.ts";

export interface Auth0TenantOptions extends ManagementClientOptions {
  /** The self-service profile that tickets are made from. */
  readonly profileId: string;
  /** The clients that people sign in to. */
  readonly appClientIds: readonly string[];
  readonly onUpstream?: OnUpstream<TenantOperation>;
}

/** How many pages of a connection's clients are read. */
const MAX_PAGES = 20;

/** A client of Auth0's Management API, see {@link Auth0Tenant}. */
export function auth0Tenant(options: Auth0TenantOptions): Auth0Tenant {
  const { url, profileId, appClientIds, onUpstream } = options;
  const send = domainCalls(createManagementClient(options), onUpstream);

  return {
    async ensureOrganization({ name, displayName }, signal) {
      const creation = createOrganizationCall({ name, display_name: displayName });
      const byName = organizationByNameCall(name);
      const organization = (await send(creation, signal)) ?? (await send(byName, signal));
      // The id decides which organization a token is for.
      if (organization?.name !== name) throw unusable(byName, "the name is taken, but not found");
      return organization.id;
    },

    async createTicket(connection, signal) {
      const call = createTicketCall(profileId, { ...connection, clientIds: appClientIds });
      const ticket = parseTicket((await send(call, signal))?.ticket ?? "", url);
      if (ticket === null) throw unusable(call, "the answer holds no ticket's address");
      return ticket;
    },

    async revokeTicket(ticketId, signal) {
      await send(revokeTicketCall(profileId, ticketId), signal);
    },

    async findConnection(name, signal) {
      const call = connectionsByNameCall(name);
      const found = (await send(call, signal))?.find((connection) => connection.name === name);
      if (found === undefined) return null;
      const { id, strategy, isCommonEndpoint } = found;
      if (isCommonEndpoint === null) throw unusable(call, OPTIONS_HIDDEN);
      return { id, name, strategy, isCommonEndpoint };
    },

    async isEnabledForClients(connectionId, signal) {
      const missing = new Set(appClientIds);
      let from: string | null = null;
      for (let page = 0; page < MAX_PAGES; page++) {
        const call = enabledClientsCall(connectionId, from);
        const answer = await send(call, signal);
        for (const { client_id } of answer?.clients ?? []) missing.delete(client_id);
        if (missing.size === 0) return true;
        if (!answer?.next) return false;
        from = answer.next;
      }
      throw unusable(enabledClientsCall(connectionId, from), "there are too many clients");
    },

    async isEnabledForOrganization(auth0OrgId, connectionId, signal) {
      const call = enabledConnectionCall(auth0OrgId, connectionId);
      const answer = await send(call, signal);
      if (answer === null) return false;
      if (answer.connection_id !== connectionId)
        throw unusable(call, "the answer is about another connection");
      return true;
    },

    async withdraw(auth0OrgId, connectionId, signal) {
      await send(withdrawCall(auth0OrgId, connectionId), signal);
    },
  };
}
