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

const space = /[ \t\n\r]*/y;
const token = /[{}[\],:]|"(?:[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

type Awaited = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'nothing';

function isAwaited(found: string, awaited: Awaited, within: string | undefined): boolean {
  const startsValue = !/^[}\],:]/.test(found);
  switch (awaited) {
    case 'value': return startsValue;
    case 'value or ]': return startsValue || found === ']';
    case 'key': return found.startsWith('"');
    case 'key or }': return found.startsWith('"') || found === '}';
    case ':': return found === ':';
    case ', or end': return found === ',' || found === (within === '{' ? '}' : ']');
    case 'nothing': return false;
  }
}

function nextAwaited(found: string, awaited: Awaited, within: string[]): Awaited {
  if (found === '{' || found === '[') {
    within.push(found);
    return found === '{' ? 'key or }' : 'value or ]';
  }
  if (found === ',') return within.at(-1) === '{' ? 'key' : 'value';
  if (found === ':') return 'value';
  if (awaited === 'key' || awaited === 'key or }') if (found !== '}') return ':';
  if (found === '}' || found === ']') within.pop();
  return within.length > 0 ? ', or end' : 'nothing';
}

/** The first offset at which the text cannot go on to be JSON; its length when it only ends too early. */
function faultOffset(text: string): number {
  const within: string[] = [];
  let awaited: Awaited = 'value';
  for (let at = 0; ; at = token.lastIndex) {
    space.lastIndex = at;
    space.exec(text);
    token.lastIndex = space.lastIndex;
    const start = space.lastIndex;
    const found = token.exec(text)?.[0];
    if (found === undefined || !isAwaited(found, awaited, within.at(-1))) return start;
    awaited = nextAwaited(found, awaited, within);
  }
}

/** The place the text stops being JSON, or null when it is JSON. Browsers' own messages name it only sometimes. */
export function jsonFault(text: string): (Place & { readonly message: string }) | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error), ...placeOf(text, faultOffset(text)) };
  }
}
