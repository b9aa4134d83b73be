const PATHS = {
  alert: "M8 5v3.5M8 11h.01M7.1 2.6 1.6 12a1 1 0 0 0 .9 1.5h11a1 1 0 0 0 .9-1.5L8.9 2.6a1 1 0 0 0-1.8 0Z",
  back: "M9.5 3.5 5 8l4.5 4.5",
  building:
    "M3 13.5v-10a1 1 0 0 1 1-1h5a1 1 0 0 1 1 1v10M10 6.5h2a1 1 0 0 1 1 1v6M1.5 13.5h13M5.5 5.5h2M5.5 8h2M5.5 10.5h2",
  check: "m3 8.5 3.2 3.2L13 4.9",
  chevrons: "m5 6 3-3 3 3M5 10l3 3 3-3",
  clock: "M8 4.500V8l2.500 1.500M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Z",
  close: "m4 4 8 8M12 4l-8 8",
  cloud:
    "M2 2l12 12M4.6 6.3A3 3 0 0 0 5 12.300h6.500M12.900 11.900A2.700 2.700 0 0 0 11.500 7 4 4 0 0 0 6.800 4.200",
  copy: "M6 5.5h6.500a1 1 0 0 1 1 1V13a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V6.500a1 1 0 0 1 1-1ZM3 10.500H2.500a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1H9a1 1 0 0 1 1 1v.5",
  dots: "M3 8a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0ZM7.500 8a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0ZM12 8a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0Z",
  down: "m4 6 4 4 4-4",
  download: "M8 2.500v7.500M4.700 7 8 10.300 11.300 7M2.500 13.500h11",
  external:
    "M9 2.500h4.500V7M13.500 2.500 7.500 8.500M11.500 9.500V13a.500.500 0 0 1-.5.5H3a.500.500 0 0 1-.5-.5V5a.500.500 0 0 1 .5-.5h3.500",
  forward: "M6.500 3.500 11 8l-4.500 4.500",
  globe:
    "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM2 8h12M8 2c2 1.800 2.700 3.900 2.700 6S10 12.200 8 14c-2-1.800-2.700-3.900-2.700-6S6 3.800 8 2Z",
  key: "M10.500 9.500a4 4 0 1 0-3.800-2.700L2 11.500V14h2.500v-1.500H6V11h1.500l1.200-1.700c.5.1 1.100.2 1.800.2ZM11 5h.01",
  keyboard:
    "M2.500 4h11a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM4 6.500h.01M6.700 6.500h.01M9.300 6.500h.01M12 6.500h.01M5 9.500h6",
  lock: "M4 7V5a4 4 0 0 1 8 0v2M3.500 7h9a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1Z",
  list: "M5.500 4h8M5.500 8h8M5.500 12h8M2.500 4h.01M2.500 8h.01M2.500 12h.01",
  mail: "M2.500 3.500h11a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1ZM2 4.500l6 4.500 6-4.500",
  out: "M6 14H3a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1h3M10.500 11 13.500 8l-3-3M13.500 8H6",
  play: "M5 3.200v9.600l8-4.800z",
  plus: "M8 3v10M3 8h10",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.700 10.700 14 14",
  settings:
    "M2.500 5h6M12.500 5h1M10.500 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM2.500 11h1M7.500 11h6M5.500 13a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  trash: "M2.500 4.500h11M6 4.500v-2h4v2M4 4.500l.6 9h6.800l.6-9M6.700 7v4M9.300 7v4",
  user: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.500 14a5.500 5.500 0 0 1 11 0",
  users:
    "M6 8a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM1.500 13.500a4.500 4.500 0 0 1 9 0M10.500 3.200a2.500 2.500 0 0 1 0 4.600M12 9.400a4.500 4.500 0 0 1 2.500 4.100",
} as const;

export type IconName = keyof typeof PATHS;

function isIconName(name: string): name is IconName {
  return Object.hasOwn(PATHS, name);
}

export const ICON_NAMES: readonly IconName[] = Object.keys(PATHS).filter(isIconName);

/** Decoration. The text next to it carries the meaning. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
