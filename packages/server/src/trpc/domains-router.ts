import { z } from "zod";
import {
  checkDomain,
  claimDomain,
  type DomainView,
  FOUND_KINDS,
  listDomains,
  parseDomain,
  releaseDomain,
} from "../domain/index.ts";
import { router } from "./init.ts";
import { inOrganization, organizationProcedure } from "./organization-procedure.ts";

const domain = z.object({
  domain: z.string(),
  state: z
    .enum(["pending", "verified", "missing", "lapsed"])
    .describe(
      "`missing`: trusted until `lapsesAt`, although its record is gone; `lapsed`: not trusted any more",
    ),
  verifiedBy: z.enum(["operator", "dns"]).nullable(),
  record: z
    .object({
      type: z.literal("TXT"),
      host: z.string().describe("The name below the registered domain, as many DNS providers ask for it"),
      name: z.string(),
      value: z.string(),
    })
    .nullable()
    .describe("What to enter at the DNS provider; null for a domain of an operator"),
  found: z
    .object({
      kind: z
        .enum(FOUND_KINDS)
        .describe(
          "`nothing`: no TXT record; `wrongValue`: others than ours; `atApex`: the record is at the domain itself; " +
            "`doubledDomain`: the provider has appended the domain once more; `oneResolver`: not every resolver sees it " +
            "yet; `unreachable`: DNS has not answered",
        ),
      values: z.array(z.string()).max(5),
      seenBy: z.number().int().describe("How many of the resolvers saw the record"),
      resolvers: z.number().int(),
    })
    .nullable()
    .describe("What the last check saw instead of the record"),
  checkedAt: z.iso.datetime().nullable(),
  lapsesAt: z.iso.datetime().nullable().describe("When a domain whose record is missing lapses"),
});

const text = z.string().max(1_000).describe("A domain, such as acme.example");

const newDomain = text.transform((given, context) => {
  const parsed = parseDomain(given);
  if (parsed !== null) return parsed;
  context.addIssue("must be a domain, such as acme.example");
  return z.NEVER;
});

/** One that does not parse becomes null and gets the same answer as one that nobody has claimed. */
const knownDomain = text.transform((given) => parseDomain(given));

export const domainsRouter = router({
  /** The domains of the organization: verified, claimed and lapsed ones. */
  list: organizationProcedure("admin", inOrganization({}))
    .output(z.array(domain))
    .query(async ({ ctx: { standing, administration, signal } }) =>
      (await listDomains(standing, administration, signal)).map(answerOf),
    ),

  /** Claims a domain. The answer has the DNS record that proves it. */
  claim: organizationProcedure("admin", inOrganization({ domain: newDomain }))
    .output(domain)
    .mutation(async ({ ctx: { standing, administration, signal }, input }) =>
      answerOf(await claimDomain(standing, input.domain, administration, signal)),
    ),

  /** Looks for the DNS record now, and verifies the domain if it is there. */
  check: organizationProcedure("admin", inOrganization({ domain: knownDomain }))
    .output(domain)
    .mutation(async ({ ctx: { standing, administration, signal }, input }) =>
      answerOf(await checkDomain(standing, input.domain, administration, signal)),
    ),

  /** Gives a domain up. */
  release: organizationProcedure("owner", inOrganization({ domain: knownDomain }))
    .output(z.object({}))
    .mutation(async ({ ctx: { standing, administration, signal }, input }) => {
      await releaseDomain(standing, input.domain, administration, signal);
      return {};
    }),
});

function answerOf({ found, ...view }: DomainView): z.infer<typeof domain> {
  return { ...view, found: found && { ...found, values: [...found.values] } };
}
