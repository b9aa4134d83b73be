import { assess, type MemoryPorts, Refusal, type TokenTrial } from "@platform-api/server/memory";
import type { Tokens } from "./tokens.ts";

/** Judges the tokens of the mocks for `org.connections.test`, in fewer steps than the server. */
export function trialOf(tokens: Tokens, portsOf: () => MemoryPorts): TokenTrial {
  return {
    async judge(token, organizationId, signal) {
      try {
        const { claims, issuedAt } = tokens.find(token);
        const ports = portsOf();
        const { login, trust } = await assess(claims, ports.stored, ports, signal);
        const isOwn = login.via === "sso" && login.connection.organizationId === organizationId;
        if (!isOwn) return { steps: [], connection: null, issuedAt };
        const { name } = login.connection;
        const ok = trust.state === "trusted";
        const saw = "canonical" in claims.email ? claims.email.canonical : "";
        const fix = ok ? "" : "Verify the domain of the address";
        const steps = [
          { rule: "connection", ok: true, saw: name, fix: "" },
          { rule: "address", ok, saw, fix },
        ];
        return { steps, connection: name, issuedAt };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const step = { rule: "token", ok: false, saw: error.message, fix: "Sign in again" };
        return { steps: [step], connection: null, issuedAt: null };
      }
    },
  };
}
