import { describe, expect, it } from 'vitest';
import { openable, readFrameMessage } from './frame-messages';

const comm = { t: 'comm_msg', message: '1-2-3', comm_id: 'abc', data: { method: 'update', state: { a: [1, 'x', null, { b: true }] } }, buffers: [new ArrayBuffer(4)] };

describe('a frame may say', () => {
  it.each([
    { t: 'size', height: 120.5 }, { t: 'drawn' }, { t: 'heard' }, { t: 'open', url: 'https://example.org' }, { t: 'copy', text: 'a' }, { t: 'blocked', url: 'inline' },
    { t: 'no_module', name: 'jupyter-leaflet' }, { t: 'states', request: 1, model_ids: ['a', 'b'] }, comm,
  ])('$t', message => expect(readFrameMessage(message)).toEqual(message));

  it('no more than the fields of its message', () => {
    expect(readFrameMessage({ t: 'size', height: 3, html: '<script>' })).toEqual({ t: 'size', height: 3 });
  });
});

describe('a frame may not say', () => {
  const deep = () => {
    let value: unknown = 1;
    for (let i = 0; i < 5_000_000; i += 1) value = [value];
    return value;
  };
  it.each<[string, unknown]>([
    ['nothing', undefined], ['a word', 'size'], ['a list', [{ t: 'size' }]], ['a message without a name', { height: 1 }], ['a message nobody knows', { t: 'eval', code: '1' }],
    ['a name that is none', { t: { toString: () => 'size' }, height: 1 }], ['a height that is none', { t: 'size', height: Number.NaN }], ['a height below nothing', { t: 'size', height: -1 }],
    ['an endless height', { t: 'size', height: Number.POSITIVE_INFINITY }], ['a height in words', { t: 'size', height: '100' }], ['an address without end', { t: 'open', url: 'h'.repeat(9000) }],
    ['an address that is an object', { t: 'open', url: new URL('https://a.example') }], ['a book for the clipboard', { t: 'copy', text: 'x'.repeat(1_000_001) }],
    ['states of everything', { t: 'states', request: 1, model_ids: Array.from({ length: 501 }, (_, i) => `m${i}`) }], ['states under a strange name', { t: 'states', request: 1, model_ids: ['__proto__ x'] }],
    ['states for half a request', { t: 'states', request: 0.5, model_ids: [] }], ['a comm message to nowhere', { ...comm, comm_id: '' }], ['a comm message without data', { ...comm, data: null }],
    ['a comm message with a function', { ...comm, data: { a: () => 1 } }], ['a comm message with a date', { ...comm, data: { a: new Date(0) } }], ['a comm message with a map', { ...comm, data: { a: new Map() } }],
    ['a comm message with no number', { ...comm, data: { a: Number.NaN } }], ['a comm message with buffers that are none', { ...comm, buffers: [new Uint8Array(1)] }], ['too many buffers', { ...comm, buffers: Array.from({ length: 300 }, () => new ArrayBuffer(1)) }],
    ['a comm message that is too large', { ...comm, data: { a: 'x'.repeat(34_000_000) } }],
  ])('%s', (_, message) => expect(readFrameMessage(message)).toBeNull());

  it('data so deep that reading it would break us', () => expect(readFrameMessage({ ...comm, data: { a: deep() } })).toBeNull());
});

describe('a link of an output', () => {
  it('leads to the web or to a mail program', () => {
    expect(['https://example.org/a?b', 'http://127.0.0.1:1/', 'mailto:a@b.example'].map(each => openable(each)?.protocol)).toEqual(['https:', 'http:', 'mailto:']);
  });
  it('leads nowhere else', () => {
    const others = ['javascript:alert(1)', ' javascript:1', 'data:text/html,1', 'blob:null/1', 'file:///etc/passwd', 'about:blank', 'chrome://settings', '/relative', '', 'https://trusted.example@evil.example/', 'https://a:b@evil.example'];
    expect(others.map(openable)).toEqual(others.map(() => null));
  });
});
