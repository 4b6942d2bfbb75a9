// Where a text stops being JSON, for people who want to mend it.

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Line and column, from 1, of an offset. */
export function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** The place the parser gave up at, or null when the text is JSON. */
export function jsonFault(text: string): (Place & { readonly message: string }) | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = /position (\d+)/.exec(message)?.[1];
    return { message, ...placeOf(text, position ? Number(position) : text.length) };
  }
}
