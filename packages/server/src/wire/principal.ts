/** What operators may allow a service, see `SERVICE_CLIENTS`. */
export const SERVICE_PERMISSIONS = ["standing", "audit", "introspect"] as const;

export type ServicePermission = (typeof SERVICE_PERMISSIONS)[number];

export function isServicePermission(value: unknown): value is ServicePermission {
  return SERVICE_PERMISSIONS.some((permission) => permission === value);
}
