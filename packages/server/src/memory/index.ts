export { Sender } from "../answer/index.ts";
export {
  type BearerToken,
  type CanonicalEmail,
  type Connection,
  type DomainName,
  type DomainProof,
  domainOf,
  MAILBOX,
  newMembership,
  newOrganization,
  newRevision,
  noSpeakers,
  type Organization,
  type OrganizationId,
  type PersonName,
  parseDomain,
  parseEmail,
  parseOrganizationId,
  parsePersonName,
  parseUserId,
  Refusal,
  type UserId,
  type VerifiedClaims,
  verifiedClaims,
} from "../domain/index.ts";
export { isTooDeep } from "../json-depth.ts";
export { tokenTrial } from "../trial/index.ts";
export {
  answerCalls,
  createContext,
  headersFor,
  inputProblem,
  type MakeCall,
  type Services,
  statusOf,
  TOO_DEEP,
  type TrpcRequest,
  toTRPCError,
  trpcErrorShape,
} from "../trpc/index.ts";
export { MemoryAuth0 } from "./auth0.ts";
export { MemoryOrganizations } from "./organizations.ts";
export { type MemoryPorts, memoryPorts } from "./ports.ts";
export { memoryServices } from "./services.ts";
