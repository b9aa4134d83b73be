import { beforeEach, expect, it } from "vitest";
import { testConnection } from "./connections/connection-test.ts";
import { updateConnection } from "./connections/connections.ts";
import { claimDomain, releaseDomain } from "./domains/domains.ts";
import { invite, resendInvitation, revokeInvitation } from "./invitations/invitations.ts";
import { allowOrganization } from "./operators/allow.ts";
import { setBlocked } from "./operators/block.ts";
import { planRelinkSubject, planUnlink, relinkSubject, unlinkSubject } from "./operators/relink.ts";
import { closeRelinkWindow, openRelinkWindow } from "./operators/relink-window.ts";
import { setState } from "./settings/closing.ts";
import { updateOrganization } from "./settings/settings.ts";
import { domainNamed } from "./testing/domains.ts";
import { MemoryAdministration } from "./testing/memory-administration.ts";
import { NOW } from "./testing/memory-ports.ts";
import { ACME, acmeAlone, ENTRA, JANE, JOE_EMAIL, link, SEAT, UNBOUNDED } from "./testing/people.ts";
import { OPERATOR, reasonOf } from "./testing/standings.ts";

const NEW = domainNamed("eu.acme.test");
const CONNECTION = ENTRA.name;
const PASSED = { rule: "signature", ok: true, saw: "the signature", fix: "" };
const trial = {
  judge: async () => ({ steps: [PASSED], connection: CONNECTION, issuedAt: Date.parse(NOW) / 1_000 }),
};

let stores: MemoryAdministration;
beforeEach(async () => {
  stores = new MemoryAdministration(acmeAlone());
  await stores.identities.create(link());
});

const allow = () => allowOrganization({ userId: JANE, organizationId: ACME }, stores, UNBOUNDED);
const block = (isBlocked: boolean) => setBlocked({ userId: JANE, isBlocked }, stores, UNBOUNDED);
const relink = async () => {
  const plan = await planRelinkSubject({ seat: SEAT, subject: "waad|new" }, stores, UNBOUNDED);
  await relinkSubject(plan, stores, UNBOUNDED);
};
const unlink = async () =>
  unlinkSubject(await planUnlink(link(), stores.identities, UNBOUNDED), stores, UNBOUNDED);
const RELINKED = ["identity-allowed", "identity-relinked", "identity-unlinked"];
const open = () =>
  openRelinkWindow({ connection: CONNECTION, until: new Date("2026-11-30"), from: null }, stores, UNBOUNDED);
const close = () => closeRelinkWindow(CONNECTION, stores, UNBOUNDED);
const rename = () =>
  updateOrganization(OPERATOR, { changes: { name: "New" }, login: null }, stores, UNBOUNDED);
const claim = () => claimDomain(OPERATOR, NEW, stores, UNBOUNDED);
const release = () => releaseDomain(OPERATOR, NEW, stores, UNBOUNDED);
const switchOff = () => updateConnection(OPERATOR, { name: CONNECTION, enabled: false }, stores, UNBOUNDED);
const test = () => testConnection(OPERATOR, { name: CONNECTION, token: "" }, { ...stores, trial }, UNBOUNDED);
const inviting = () => invite(OPERATOR, { emails: [JOE_EMAIL], role: "member" }, stores, UNBOUNDED);
const resend = () => resendInvitation(OPERATOR, JOE_EMAIL, stores, UNBOUNDED);
const revoke = () => revokeInvitation(OPERATOR, JOE_EMAIL, stores, UNBOUNDED);

it.each<[string, readonly string[], () => Promise<unknown>, (() => Promise<unknown>)?]>([
  ["an allowance", ["identity-allowed"], allow],
  ["a block", ["identity-blocked"], () => block(true)],
  ["the end of a block", ["identity-unblocked"], () => block(false), () => block(true)],
  ["a relink", RELINKED, relink],
  ["an unlink", ["identity-unlinked"], unlink],
  ["a relink window", ["relink-window-opened"], open],
  ["the end of a relink window", ["relink-window-closed"], close, open],
  ["a setting", ["organization-updated"], rename],
  ["a closing", ["organization-closed"], () => setState(OPERATOR, "closed", stores, UNBOUNDED)],
  ["a domain's claim", ["domain-claimed"], claim],
  ["a domain's release", ["domain-released"], release, claim],
  ["a connection's change", ["connection-disabled"], switchOff],
  ["a connection's test", ["connection-tested"], test],
  ["an invitation", ["invitation-sent"], inviting],
  ["an invitation that is resent", ["invitation-resent"], resend, inviting],
  ["an invitation that is revoked", ["invitation-revoked"], revoke, inviting],
])("stores %s in one write with its entry: %j", async (_, actions, verb, prepare) => {
  await prepare?.();
  const { entries } = stores.identities;
  const before = [...entries];
  stores.auditFails = true;
  expect(await reasonOf(verb())).toBe("STORE_UNAVAILABLE");
  expect(entries).toEqual(before);
  stores.auditFails = false;
  stores.identities.crashAfter(1);
  await verb();
  expect(entries.slice(before.length).map(({ action }) => action)).toEqual(actions);
});
