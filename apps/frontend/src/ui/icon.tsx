const PATHS = {
  alert: "M8 5v3.5M8 11h.01M7.1 2.6 1.6 12a1 1 0 0 0 .9 1.5h11a1 1 0 0 0 .9-1.5L8.9 2.6a1 1 0 0 0-1.8 0Z",
  back: "M9.5 3.5 5 8l4.5 4.5",
  building:
    "M3 13.5v-10a1 1 0 0 1 1-1h5a1 1 0 0 1 1 1v10M10 6.5h2a1 1 0 0 1 1 1v6M1.5 13.5h13M5.5 5.5h2M5.5 8h2M5.5 10.5h2",
  check: "m3 8.5 3.2 3.2L13 4.9",
  chevrons: "m5 6 3-3 3 3M5 10l3 3 3-3",
  cloud:
    "M2 2l12 12M4.6 6.3A3 3 0 0 0 5 12.300h6.500M12.900 11.900A2.700 2.700 0 0 0 11.500 7 4 4 0 0 0 6.800 4.200",
  copy: "M6 5.5h6.500a1 1 0 0 1 1 1V13a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V6.500a1 1 0 0 1 1-1ZM3 10.500H2.500a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1H9a1 1 0 0 1 1 1v.5",
  forward: "M6.500 3.500 11 8l-4.500 4.500",
  key: "M10.500 9.500a4 4 0 1 0-3.800-2.700L2 11.500V14h2.500v-1.500H6V11h1.500l1.200-1.700c.5.1 1.100.2 1.800.2ZM11 5h.01",
  lock: "M4 7V5a4 4 0 0 1 8 0v2M3.500 7h9a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1Z",
  out: "M6 14H3a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1h3M10.500 11 13.500 8l-3-3M13.500 8H6",
  play: "M5 3.200v9.600l8-4.800z",
  plus: "M8 3v10M3 8h10",
  user: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.500 14a5.500 5.500 0 0 1 11 0",
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration. The text next to it carries the meaning. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
