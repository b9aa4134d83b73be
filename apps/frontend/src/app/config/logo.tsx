import { brand } from "./brand.ts";

/** The configured logo, or our mark: three plates, each carrying the next one. */
export function LogoMark({ size = 24 }: { readonly size?: number }) {
  const { logo } = brand();
  if (logo !== undefined) return <img className="logo" src={logo} alt="" height={size} />;
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" className="logo-ground" />
      <path d="M16 6.5 25 11l-9 4.5L7 11z" className="logo-plate" />
      <path d="m9.6 14.9-2.6 1.3 9 4.5 9-4.5-2.6-1.3-6.4 3.2z" className="logo-plate" opacity=".72" />
      <path d="m9.6 20.1-2.6 1.3 9 4.5 9-4.5-2.6-1.3-6.4 3.2z" className="logo-plate" opacity=".44" />
    </svg>
  );
}

/** The logo and the name. */
export function Wordmark() {
  return (
    <span className="wordmark">
      <LogoMark size={28} />
      <bdi>{brand().name}</bdi>
    </span>
  );
}
