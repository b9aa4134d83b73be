/** Three plates, each carrying the next one: the mark. */
export function LogoMark({ size = 24 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" className="logo-ground" />
      <path d="M16 6.5 25 11l-9 4.5L7 11z" className="logo-plate" />
      <path d="m9.6 14.9-2.6 1.3 9 4.5 9-4.5-2.6-1.3-6.4 3.2z" className="logo-plate" opacity=".72" />
      <path d="m9.6 20.1-2.6 1.3 9 4.5 9-4.5-2.6-1.3-6.4 3.2z" className="logo-plate" opacity=".44" />
    </svg>
  );
}

export function Wordmark() {
  return (
    <span className="wordmark">
      <LogoMark size={28} />
      Platform
    </span>
  );
}
