import {
  createOutbox,
  type DynamoTable,
  dynamoMailOutcomes,
  type MailOutcome,
  type OnUpstream,
  smtpMailer,
} from "@platform-api/server/adapters";
import type { Mailer } from "@platform-api/server/domain";
import type { Logger } from "pino";
import type { StoreConfig } from "../config/config.ts";
import { problemOf } from "../log/logger.ts";

const MAIL_TIMEOUT_MS = 10_000;

interface Observed {
  readonly logger: Logger;
  readonly onUpstream?: OnUpstream<"send">;
}

/** Null where no mail server is configured. */
export function composeMailer(
  config: StoreConfig,
  { logger, onUpstream = () => {} }: Observed,
): Mailer | null {
  const { SMTP_URL: server, MAIL_FROM: from, FRONTEND_URL: frontendUrl } = config;
  if (server === undefined || from === undefined || frontendUrl === undefined) return null;
  return smtpMailer({
    server,
    from,
    frontendUrl,
    brand: { name: config.BRAND_NAME, logoUrl: config.BRAND_LOGO_URL ?? null, accent: config.BRAND_ACCENT },
    timeoutMs: MAIL_TIMEOUT_MS,
    onMail: (outcome) => logMail(outcome, logger),
    onUpstream,
  });
}

/** No address and no name: only how it ended. */
function logMail({ outcome, responseCode, failure }: MailOutcome, logger: Logger): void {
  const line = { event: "mail", outcome, response_code: responseCode };
  if (failure === null) logger.info(line, "the mail server has taken a mail");
  else logger.warn({ ...line, problem: problemOf(failure) }, "a mail could not be sent");
}

/** Null where no mail server is configured. */
export function composeOutbox(config: StoreConfig, table: DynamoTable, observed: Observed) {
  const mailer = composeMailer(config, observed);
  if (mailer === null) return null;
  return createOutbox({
    mailer,
    timeoutMs: MAIL_TIMEOUT_MS,
    settle: dynamoMailOutcomes(table).settle,
    onUnsettled: (cause) =>
      observed.logger.warn({ event: "mail", problem: problemOf(cause) }, "a mail's outcome is not stored"),
  });
}
