// Which entries of a list are chosen, and which one the keyboard stands on. `order` is always the list as it is shown.

export interface Selection {
  readonly chosen: ReadonlySet<string>;
  /** Where the keyboard stands; also the end of a range. */
  readonly active: string | null;
  /** Where a range begins. */
  readonly anchor: string | null;
}

export const nothing: Selection = { chosen: new Set(), active: null, anchor: null };

export type How = 'only' | 'toggle' | 'extend';

function between(order: readonly string[], from: string | null, to: string): Set<string> {
  const end = order.indexOf(to);
  const start = from === null ? end : Math.max(0, order.indexOf(from));
  return new Set(order.slice(Math.min(start, end), Math.max(start, end) + 1));
}

/** A press on an entry: alone, with Ctrl (in or out), with Shift (up to here). */
export function choose(order: readonly string[], before: Selection, path: string, how: How): Selection {
  if (how === 'extend') return { chosen: between(order, before.anchor ?? before.active, path), active: path, anchor: before.anchor ?? before.active ?? path };
  if (how === 'only') return { chosen: new Set([path]), active: path, anchor: path };
  const chosen = new Set(before.chosen);
  if (!chosen.delete(path)) chosen.add(path);
  return { chosen, active: path, anchor: path };
}

/** Arrow keys: moves by so many entries, stopping at the ends; chooses what it reaches, or all up to there. */
export function step(order: readonly string[], before: Selection, by: number, how: 'only' | 'extend'): Selection {
  if (order.length === 0) return nothing;
  const at = before.active === null ? -1 : order.indexOf(before.active);
  const from = at < 0 ? (by > 0 ? -1 : order.length) : at;
  const path = order[Math.min(order.length - 1, Math.max(0, from + by))];
  return path === undefined ? before : choose(order, before, path, how);
}

export function chooseAll(order: readonly string[], before: Selection): Selection {
  return { chosen: new Set(order), active: before.active ?? order[0] ?? null, anchor: before.anchor ?? order[0] ?? null };
}

/** After the list changed: forgets what is gone; the keyboard stays where it stood, on whatever is there now. */
export function kept(order: readonly string[], before: Selection, previous: readonly string[]): Selection {
  const there = new Set(order);
  const chosen = new Set([...before.chosen].filter(path => there.has(path)));
  if (before.active === null || there.has(before.active)) return { ...before, chosen, anchor: before.anchor !== null && there.has(before.anchor) ? before.anchor : before.active };
  const place = Math.min(order.length - 1, Math.max(0, previous.indexOf(before.active)));
  const active = order[place] ?? null;
  return { chosen, active, anchor: active };
}

/** Typing letters: the next entry whose name begins so, the active one included when more letters came. */
export function typedAhead(names: readonly { readonly path: string; readonly name: string }[], active: string | null, typed: string): string | null {
  const wanted = typed.toLocaleLowerCase();
  const at = names.findIndex(each => each.path === active);
  const from = typed.length > 1 ? Math.max(0, at) : at + 1;
  const turned = [...names.slice(from), ...names.slice(0, from)];
  return turned.find(each => each.name.toLocaleLowerCase().startsWith(wanted))?.path ?? null;
}
