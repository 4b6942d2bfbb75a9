// What happens when uploaded files meet files of the same name.
import { freeName } from './file-names';
import { joined, nameOf, parentOf } from './listing';

export type Answer = 'replace' | 'keep-both' | 'skip';

export interface Collision {
  readonly path: string;
  /** A folder stands there: it is never replaced by a file. */
  readonly folder: boolean;
}

/** The wanted paths where something is already. `there` maps paths to whether they are folders. */
export function collisionsOf(wanted: readonly string[], there: ReadonlyMap<string, boolean>): Collision[] {
  return wanted.flatMap(path => (there.has(path) ? [{ path, folder: there.get(path) === true }] : []));
}

/** Where each wanted path goes: itself, a free name beside it, or nowhere (null). */
export function destinations(wanted: readonly string[], there: ReadonlyMap<string, boolean>, answers: ReadonlyMap<string, Answer>): Map<string, string | null> {
  const taken = new Map<string, Set<string>>();
  for (const path of [...there.keys(), ...wanted]) {
    const names = taken.get(parentOf(path)) ?? new Set<string>();
    taken.set(parentOf(path), names.add(nameOf(path)));
  }
  return new Map(wanted.map(path => {
    const answer = there.has(path) ? (answers.get(path) ?? 'skip') : 'replace';
    if (answer === 'replace') return [path, path];
    if (answer === 'skip') return [path, null];
    const names = taken.get(parentOf(path)) ?? new Set<string>();
    const name = freeName(nameOf(path), names);
    names.add(name);
    return [path, joined(parentOf(path), name)];
  }));
}
