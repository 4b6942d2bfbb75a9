import { describe, expect, it } from 'vitest';
import { readWebApp } from './web-app';

describe('readWebApp', () => {
  it('reads what an output names', () => {
    expect(readWebApp({ port: 6006, path: '/#scalars', height: 800, apart: true })).toEqual({ port: 6006, path: '/#scalars', height: 800, apart: true });
    expect(readWebApp({ port: 1 })).toEqual({ port: 1, path: '/', height: 500, apart: false });
  });

  it('takes nothing for an app that names no port', () => {
    for (const data of [null, 'x', {}, { port: '80' }, { port: 0 }, { port: 65_536 }, { port: 1.5 }]) expect(readWebApp(data)).toBeNull();
  });

  it('leads nowhere else, and is no larger than a page can bear', () => {
    for (const path of ['//evil.example', '/\\evil.example', 'http://evil.example', '', '/a\nb', 7]) expect(readWebApp({ port: 80, path })?.path).toBe('/');
    expect(readWebApp({ port: 80, height: 1e9 })?.height).toBe(4_000);
    expect(readWebApp({ port: 80, height: -1 })?.height).toBe(80);
    expect(readWebApp({ port: 80, height: NaN })?.height).toBe(500);
  });
});
