// What a frame may say. It is untrusted: a message that is not exactly one of these is none.
import { most as mostOf, type FromFrame } from '../../../frame/protocol';

const most = { text: 1_000_000, url: 8192, ids: 500, ...mostOf };

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown, length: number): value is string => typeof value === 'string' && value.length <= length;
const isId = (value: unknown): value is string => typeof value === 'string' && /^[\w:.-]{1,128}$/.test(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function areBuffers(value: unknown): value is ArrayBuffer[] {
  if (!Array.isArray(value) || value.length > most.buffers || !value.every(each => each instanceof ArrayBuffer)) return false;
  return value.reduce((sum: number, each: ArrayBuffer) => sum + each.byteLength, 0) <= most.bytes;
}

/** Whether this is what JSON can say, within a size; walks it without recursion, so that depth does no harm. */
function isJson(value: unknown, size: number): boolean {
  let left = size;
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const each = rest.pop();
    left -= typeof each === 'string' ? each.length + 8 : 8;
    if (left < 0) return false;
    if (each === null || typeof each === 'boolean' || typeof each === 'string' || (typeof each === 'number' && Number.isFinite(each))) continue;
    if (Array.isArray(each)) {
      for (const inner of each) rest.push(inner);
    } else if (isFields(each) && Object.getPrototypeOf(each) === Object.prototype) {
      for (const [name, inner] of Object.entries(each)) rest.push(name, inner);
    } else return false;
  }
  return true;
}

function readComm(fields: Fields): FromFrame | null {
  const { message, comm_id, data, buffers } = fields;
  if (!isId(message) || !isId(comm_id) || !isFields(data) || !areBuffers(buffers) || !isJson(data, most.data)) return null;
  return { t: 'comm_msg', message, comm_id, data, buffers };
}

function readStates({ request, model_ids }: Fields): FromFrame | null {
  if (!isCount(request) || !Array.isArray(model_ids) || model_ids.length > most.ids || !model_ids.every(isId)) return null;
  return { t: 'states', request, model_ids };
}

/** The message, or null when it is none. */
export function readFrameMessage(data: unknown): FromFrame | null {
  if (!isFields(data)) return null;
  switch (data['t']) {
    case 'size':
      return typeof data['height'] === 'number' && data['height'] >= 0 && data['height'] < 1e7 ? { t: 'size', height: data['height'] } : null;
    case 'drawn':
      return { t: 'drawn' };
    case 'heard':
      return { t: 'heard' };
    case 'open':
      return isText(data['url'], most.url) ? { t: 'open', url: data['url'] } : null;
    case 'copy':
      return isText(data['text'], most.text) ? { t: 'copy', text: data['text'] } : null;
    case 'blocked':
      return isText(data['url'], most.url) ? { t: 'blocked', url: data['url'] } : null;
    case 'no_module':
      return isText(data['name'], 200) ? { t: 'no_module', name: data['name'] } : null;
    case 'states':
      return readStates(data);
    case 'comm_msg':
      return readComm(data);
    default:
      return null;
  }
}

/** Where a link of an output may lead: to the web or to a mail program. Null for anything else. */
export function openable(url: string): URL | null {
  if (!URL.canParse(url)) return null;
  const address = new URL(url);
  const plain = /^https?:$/.test(address.protocol) && address.hostname !== '' && address.username === '' && address.password === '';
  return plain || address.protocol === 'mailto:' ? address : null;
}
