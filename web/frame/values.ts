// Values of widgets on their way: JSON with bytes in it.
import type { BufferPath } from './protocol';

type Fields = Record<string, unknown>;

/** Bytes of their own, which can be handed over. */
export function bytesOf(bytes: ArrayBuffer | ArrayBufferView): ArrayBuffer {
  if (bytes instanceof ArrayBuffer) return bytes.slice(0);
  const copy = new Uint8Array(bytes.byteLength);
  copy.set(new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength));
  return copy.buffer;
}

export const isBytes = (value: unknown): value is ArrayBuffer | ArrayBufferView => value instanceof ArrayBuffer || ArrayBuffer.isView(value);

/** A copy that nobody else holds: what JSON would keep of the value, and its bytes as they are. */
export function copyOf(value: unknown): unknown {
  if (isBytes(value)) return new DataView(bytesOf(value));
  if (typeof value !== 'object' || value === null) return value === undefined ? undefined : (JSON.parse(JSON.stringify(value) ?? 'null') as unknown);
  const toJSON: unknown = Reflect.get(value, 'toJSON');
  if (typeof toJSON === 'function') return copyOf(toJSON.call(value));
  if (Array.isArray(value)) return value.map(each => copyOf(each) ?? null);
  return Object.fromEntries(Object.entries(value).flatMap(([name, inner]) => (inner === undefined || typeof inner === 'function' ? [] : [[name, copyOf(inner)]])));
}

const owns = (value: unknown, step: string | number): value is Fields => typeof value === 'object' && value !== null && Object.hasOwn(value, step);

/** Puts the bytes where the paths say. Walks only what the state itself holds; a path that leads elsewhere is left out. */
export function placeBytes(state: Fields, paths: readonly BufferPath[], buffers: readonly ArrayBuffer[]): void {
  paths.forEach((path, i) => {
    const [last] = path.slice(-1);
    const bytes = buffers[i];
    if (last === undefined || last === '__proto__' || !bytes) return;
    let at: unknown = state;
    for (const step of path.slice(0, -1)) at = owns(at, step) ? at[step] : null;
    if (typeof at === 'object' && at !== null && (Array.isArray(at) ? Number.isSafeInteger(last) && Number(last) >= 0 && Number(last) < at.length : true)) Reflect.set(at, last, new DataView(bytes));
  });
}
