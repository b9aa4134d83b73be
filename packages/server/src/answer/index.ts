export { type CountCall, limitCalls } from "./call-limit.ts";
export { activeToken, inactiveToken, introspect } from "./introspection.ts";
export { Sender, type SenderPorts } from "./sender.ts";
export { actorSchema, type Principal, type User, userIdSchema, validation } from "./user.ts";
