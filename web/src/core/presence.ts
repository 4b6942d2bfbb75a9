// Who else has the notebook open and where they are, out of what their pages tell (Yjs awareness, in the shape of jupyter-collaboration). All of it is
// somebody else's word.

export interface Person {
  /** Their page's number in the room. */
  readonly client: number;
  readonly name: string;
  /** The same for all pages of one account, of those that there are for people. */
  readonly colour: number;
  /** The id of the cell they have chosen. */
  readonly cell: string | null;
  /** What they have selected, as relative positions in JSON. */
  readonly cursors: readonly { readonly anchor: unknown; readonly head: unknown }[];
}

export const colourCount = 8;
const longestName = 60;
const mostCursors = 20;

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** One of the colours for people, by what stays the same of them. */
export function colourOf(key: string): number {
  let sum = 7;
  for (const sign of key) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 1_000_003;
  return sum % colourCount;
}

function personOf(client: number, state: unknown): Person | null {
  const { user, cursors, cell } = fieldsOf(state);
  const { username, display_name, name } = fieldsOf(user);
  const shown = textOf(display_name) || textOf(name) || textOf(username);
  if (shown === '') return null;
  return {
    client,
    name: shown.length > longestName ? `${shown.slice(0, longestName)}…` : shown,
    colour: colourOf(textOf(username) || shown),
    cell: typeof cell === 'string' ? cell : null,
    cursors: (Array.isArray(cursors) ? cursors.slice(0, mostCursors) : []).map(each => ({ anchor: fieldsOf(each)['anchor'], head: fieldsOf(each)['head'] })),
  };
}

/** Everybody but this page, those who came first in front. */
export function peopleOf(states: ReadonlyMap<number, unknown>, own: number): Person[] {
  return [...states].flatMap(([client, state]) => (client === own ? [] : [personOf(client, state) ?? []].flat()));
}

/** Two letters for a name. */
export function initials(name: string): string {
  const parts = name.split(/[\s._-]+/).filter(Boolean);
  return ((parts[0]?.[0] ?? '?') + (parts.length > 1 ? (parts.at(-1)?.[0] ?? '') : '')).toLocaleUpperCase();
}
