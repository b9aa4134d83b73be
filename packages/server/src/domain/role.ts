export { includesRole, ROLES, type Role } from "../wire/index.ts";
