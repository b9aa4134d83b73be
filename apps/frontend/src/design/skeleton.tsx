/** Rows that are being loaded. CSS shows them within 200 ms, and a fast answer shows nothing in between. */
export function SkeletonRows({ label, count = 3 }: { readonly label: string; readonly count?: number }) {
  return (
    <div className="card rows skeleton-rows">
      <p className="visually-hidden" role="status">
        {label}
      </p>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="row">
          <span className="skeleton skeleton-avatar" />
          <span className="skeleton" style={{ width: `${[42, 30, 36][index % 3]}%` }} />
        </div>
      ))}
    </div>
  );
}
