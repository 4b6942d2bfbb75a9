// Where to go after signing in: the page that was asked for, if it is one of ours.

/** A path of this installation, or its home. Whatever could lead to another server (`//evil`, `https:…`, `/\evil`) leads home. */
export function nextPath(asked: string | null, origin: string, base: string): string {
  if (!asked?.startsWith('/') || /[\\\u0000-\u001f]/.test(asked)) return base;
  let address: URL;
  try {
    address = new URL(asked, origin);
  } catch {
    return base;
  }
  const path = address.pathname + address.search + address.hash;
  if (address.origin !== origin || !path.startsWith(base) || path.startsWith('//')) return base;
  return path.startsWith(`${base}login`) ? base : path;
}
