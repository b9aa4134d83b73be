export {
  headersFor,
  inputProblem,
  messageOf,
  readInput,
  reasonOf,
  statusOf,
  toTRPCError,
} from "./answers.ts";
export { appRouter, PROCEDURES } from "./app-router.ts";
export {
  answerCalls,
  isProcedure,
  type MakeCall,
  STREAM,
  TOO_DEEP,
  type TrpcRequest,
  trpcErrorShape,
} from "./calls.ts";
export { type Context, createContext, type Services } from "./context.ts";
export {
  contractOf,
  type ProcedureContract,
  type RouterInputs,
  type RouterOutputs,
} from "./procedure-contract.ts";
export { instantInput, roleSchema } from "./schemas.ts";
