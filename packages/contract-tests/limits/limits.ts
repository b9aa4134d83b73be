import { MAX_OWNERS, PAGE_LIMIT } from "@platform-api/server/domain";
import { NAME_LENGTHS } from "@platform-api/server/wire";
import { count, DEFAULTS, defaultOf, kib, numberOf, perMinute, time } from "./source.ts";

const keyBits = (name: string) => count(numberOf("key-policy.ts", name));

/** The limits that no variable changes, as the page says them. */
export const LIMITS: Readonly<Record<string, string>> = {
  // Requests and connections
  "a token": kib(numberOf("compact-token.ts", "MAX_TOKEN_LENGTH")),
  "the headers of a request": kib(numberOf("http/server.ts", "MAX_HEADER_BYTES")),
  "the body of a request": kib(numberOf("http/server.ts", "MAX_BODY_BYTES")),
  "the form of a logout": kib(numberOf("transport/backchannel-logout-route.ts", "MAX_FORM_BYTES")),
  "the form of an introspection": kib(numberOf("transport/introspect-route.ts", "MAX_FORM_BYTES")),
  "levels of JSON": count(numberOf("json-depth.ts", "MAX_JSON_DEPTH")),
  "calls in a batch": count(numberOf("trpc/calls.ts", "MAX_BATCH_SIZE")),
  "until the headers are there": time(numberOf("http/server.ts", "HEADERS_TIMEOUT_MS")),
  "until the whole request is there": time(numberOf("http/server.ts", "REQUEST_TIMEOUT_MS")),
  "to read such a refusal": time(numberOf("error-answers.ts", "READ_ANSWER_MS")),
  "requests whose body is still arriving": count(numberOf("connection-bounds.ts", /\bmaxArriving: ([\d_]+)/)),
  "until an answer": time(numberOf("request-signal.ts", "REQUEST_DEADLINE_MS")),
  "requests of a connection in progress": count(numberOf("connection-bounds.ts", /\bmaxHandled: (\d+)/)),
  "requests of a connection that wait": count(numberOf("connection-bounds.ts", /\bmaxWaiting: (\d+)/)),
  "until a client reads on": time(numberOf("connection-bounds.ts", /\bstallMs: ([\d_]+)/)),
  "connections that wait until a busy process accepts them": count(numberOf("http/server.ts", "BACKLOG")),
  "requests in progress while the event loop is delayed": count(
    numberOf("load-shedding.ts", "TAKEN_THOUGH_DELAYED"),
  ),
  "the log that waits for its reader": kib(numberOf("lossy-log.ts", "MAX_WAITING")),
  // Rates
  "changes, of a user in an organization": perMinute(numberOf("compose/services.ts", "MUTATIONS_PER_MINUTE")),
  "reads that need the role admin, of a user in an organization": perMinute(
    numberOf("compose/services.ts", "READS_PER_MINUTE"),
  ),
  "members or invitations of one call that count as a change": count(
    numberOf("domain/rows.ts", "ROWS_A_CHANGE"),
  ),
  "sign-outs everywhere, of a user": perMinute(numberOf("compose/services.ts", "MUTATIONS_PER_MINUTE")),
  "streams of `audit.ndjson`, of a user or a service": `${count(numberOf("page-stream.ts", "MAX_STREAMS_OF_CALLER"))} at a time`,
  "addresses, users and services that are counted": count(
    numberOf("compose/services.ts", "MAX_LIMITED_ADDRESSES"),
  ),
  "refused logins that are kept for an organization": perMinute(
    numberOf("adapters/refusal-log.ts", "ADMITTED_PER_MINUTE"),
  ),
  "the same refusal, of one person": `one in ${time(numberOf("adapters/refusal-log.ts", "MINUTE_MS"))}`,
  "refused logins that wait to be kept": count(numberOf("adapters/refusal-log.ts", "MAX_WAITING")),
  "lookups of a domain's record": `one in ${time(numberOf("domains/domains.ts", "CHECK_AGAIN_MS"))}`,
  "questions to Auth0 about a set-up": `one in ${time(numberOf("connections/finish.ts", "ASK_AGAIN_MS"))}`,
  // Tokens
  "characters of a subject": count(numberOf("identifiers.ts", "MAX_IDENTIFIER_LENGTH")),
  "characters of a key id": count(numberOf("header-policy.ts", /KEY_ID = .*\{1,(\d+)\}/)),
  "keys in a key set": count(numberOf("jwks-fetch.ts", "MAX_KEYS")),
  "a key set": kib(numberOf("jwks-fetch.ts", "MAX_BODY_BYTES")),
  "bits of an RSA key": `${keyBits("MIN_MODULUS_BITS")} to ${keyBits("MAX_MODULUS_BITS")}`,
  // What is remembered
  "the same since the last complete poll began": time(numberOf("adapters/cache.ts", "MAX_UNNOTIFIED_MS")),
  "names that are not registered, and connections that are off": time(
    numberOf("adapters/cache.ts", "MAX_UNNOTIFIED_MS"),
  ),
  "client credentials that the issuer has confirmed": time(numberOf("credential-check.ts", "CONFIRMED_MS")),
  "confirmed client credentials": count(numberOf("credential-check.ts", "MAX_CONFIRMED")),
  "remembered tokens": count(numberOf("compose/tokens.ts", "MAX_CACHED_TOKENS")),
  "remembered links and memberships, each": count(numberOf("adapters/caches.ts", "MAX_USERS")),
  "users whose next token is not judged again": count(numberOf("compose/services.ts", "MAX_KNOWN_PEOPLE")),
  "remembered mailboxes whose seat is taken": count(numberOf("adapters/taken-seats.ts", "MAX_MAILBOXES")),
  "remembered organizations, connections, domains, each": count(
    numberOf("adapters/caches.ts", "MAX_ORGANIZATIONS"),
  ),
  "identities in the SDK": time(numberOf("client/src/guards/token-validator.ts", "MAX_CACHE_MS")),
  "memberships in the SDK": time(numberOf("client/src/guards/token-validator.ts", "MAX_CACHE_MS")),
  // An organization
  "characters of an organization's id": count(1 + numberOf("wire/organization-id.ts", /\{0,(\d+)\}/)),
  "characters of a name": count(NAME_LENGTHS.organization),
  "characters of an address": count(numberOf("wire/email.ts", "MAX_EMAIL_LENGTH")),
  owners: count(MAX_OWNERS),
  "open invitations": count(numberOf("invitation-ledger.ts", "MAX_OPEN_INVITATIONS")),
  "mails in a day (UTC)": count(numberOf("invitation-ledger.ts", "MAX_MAILS_A_DAY")),
  "addresses in one `org.invitations.create`": count(
    numberOf("invitations-router.ts", /emails: .*\.max\((\d+)\)/),
  ),
  "members or invitations of one call about many": count(numberOf("domain/rows.ts", "MOST_ROWS")),
  "until such a call begins no further one": time(numberOf("domain/rows.ts", "BEGIN_MS")),
  "an invitation that has ended or expired": time(numberOf("membership/invitation.ts", "KEPT_MS")),
  "recent refusals": count(numberOf("refusals/refusals.ts", "MAX_REFUSALS")),
  "a recent refusal": time(numberOf("refusals/refusals.ts", "REFUSALS_KEPT_MS")),
  "between two requests of a removed member to be restored": time(
    numberOf("members/restore-request.ts", "ASKED_AGAIN_MS"),
  ),
  "mails for such a request": count(numberOf("members/restore-request.ts", "MOST_MAILS")),
  "verified domains": count(numberOf("domains/claim.ts", "MAX_DOMAINS")),
  "claimed domains that wait for their record": count(numberOf("domains/claim.ts", "MAX_CLAIMS")),
  connections: count(numberOf("connections/setup.ts", "MAX_CONNECTIONS")),
  "characters of a connection's name": count(
    numberOf("connections-router.ts", /const name = .*\.max\((\d+)\)/),
  ),
  "characters of an organization's name at Auth0": count(numberOf("connections/name.ts", "MAX_AUTH0_NAME")),
  "until a set-up has begun": time(numberOf("connections/begin.ts", "BEGIN_MS")),
  "a set-up that has no page yet, or none any more": time(numberOf("connections/begin.ts", "REQUEST_MS")),
  "until the set-up's page is opened": time(numberOf("connections/begin.ts", "TICKET_MS")),
  "until a set-up is finished": time(numberOf("connections/setup.ts", "SETUP_MS")),
  "a token that tests a connection": time(numberOf("connection-test.ts", "MAX_TOKEN_AGE_MS")),
  "a relink window": time(numberOf("operators/relink-window.ts", "MAX_WINDOW_MS")),
  "items of a page": `${PAGE_LIMIT.usual}, at most ${PAGE_LIMIT.most}`,
  "asking for an organization's end": defaultOf("INVITATION_RESEND_MS"),
  "users in one `org.members.lookup`": count(numberOf("members-router.ts", /userIds: .*\.max\((\d+)\)/)),
  "users in one `auth.standings`": count(numberOf("auth-router.ts", /of: .*\.max\((\d+)\)/)),
  "lines of `audit.ndjson`": count(numberOf("page-stream.ts", "MAX_LINES")),
  // Calls to others
  "calls of the user directory": count(numberOf("clj-client/src/client.ts", "inFlight")),
  "calls that wait for the user directory": count(numberOf("clj-client/src/client.ts", "waiting")),
  "a reply of the user directory": kib(numberOf("clj-client/src/client.ts", "maxReplyBytes")),
  "attempts at the store": count(numberOf("retry-strategy.ts", "MAX_ATTEMPTS")),
  "connections to the store": count(numberOf("store-request.ts", "MAX_SOCKETS")),
  "entries that a filter of the audit looks at in one query": count(
    numberOf("dynamodb/audit.ts", "FILTERED"),
  ),
  "entries of a partition that `audit list` holds": count(numberOf("dynamodb/audit.ts", "LISTED_AT_ONCE")),
  "a request's wait for the store": time(numberOf("dynamodb/table/table.ts", "MAX_WAIT_MS")),
  "the issuer's answer about client credentials": time(numberOf("credential-check.ts", "DEADLINE_MS")),
  "until Auth0 has ended somebody's sessions": time(numberOf("compose/self-service.ts", "SESSIONS_MS")),
  "an answer of a DNS resolver": time(numberOf("adapters/dns.ts", "TIMEOUT_MS")),
  "the delivery of a mail": time(numberOf("compose/mail.ts", "MAIL_TIMEOUT_MS")),
  // Commands
  "any command that is not below": time(numberOf("store-command.ts", "COMMAND_DEADLINE_MS")),
  "`token explain`": time(numberOf("token/token-commands.ts", "EXPLAIN_DEADLINE_MS")),
  "all that `auth0 check` reads of the issuer": time(numberOf("auth0/discovery.ts", "DEADLINE_MS")),
  "what reads the whole table: `table verify`, `table place-members`, `identity export`, `identity find <domain>`, and `identity erase` for its plan and again to erase":
    time(numberOf("store-command.ts", "WHOLE_TABLE_MS")),
  "one organization of `org apply`, and each of its changes": time(
    numberOf("organization-comparison.ts", "ORGANIZATION_MS"),
  ),
  "organizations that `org apply` compares at once": count(
    numberOf("organization-comparison.ts", "ORGANIZATIONS_AT_ONCE"),
  ),
  "organizations that it reads by one request, to see which have changed": count(
    numberOf("organization-comparison.ts", "READ_AT_ONCE"),
  ),
  "since the last change of an organization's invitations by others": time(
    numberOf("applied-declaration.ts", "QUIET_MS"),
  ),
  "counting who is linked through what `org apply` takes away": time(
    numberOf("operators/linked-people.ts", "COUNT_MS"),
  ),
  "one attempt at the store in `org apply`, `domain recheck` and `member import`": time(
    numberOf("store-command.ts", "JOB_ATTEMPT_MS"),
  ),
  "all attempts of such a request": time(numberOf("store-command.ts", "JOB_REQUEST_MS")),
  "a record that every resolver saw": time(
    DEFAULTS.DOMAIN_GRACE_MS / numberOf("domains/claim.ts", "LOOKS_IN_GRACE"),
  ),
  "a domain in `domain recheck`": time(numberOf("domains/recheck.ts", "DOMAIN_MS")),
  "members that `member import` processes at once": count(numberOf("import-members.ts", "AT_ONCE")),
  "16 members of `member import`: to check them, and again to import them": time(
    numberOf("import-members.ts", "AT_ONCE_MS"),
  ),
};
