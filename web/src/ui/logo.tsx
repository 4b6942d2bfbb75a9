// Our mark: one tree on a shared pasture.

export function Logo({ size = 32 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" focusable="false">
      <path fill="var(--al-brand)" d="M2 22c4-5 8-7 13-7 6 0 11 3 15 7v4a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3z" />
      <path fill="var(--al-bg)" fillOpacity="0.28" d="M2 26.5c5-4 10-5 15-4s9 2 13 0v3.5a3 3 0 0 1-3 3H5a3 3 0 0 1-3-2.5z" />
      <path fill="var(--al-brand-2)" d="M15.2 11h1.600v8h-1.600z" />
      <path fill="var(--al-brand)" d="M16 2.5c4.200 0 7.200 2.5 7.200 5.600 0 2.900-3 4.900-7.200 4.900S8.800 11 8.800 8.100C8.800 5 11.800 2.5 16 2.5z" />
    </svg>
  );
}
