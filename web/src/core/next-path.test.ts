import { describe, expect, it } from 'vitest';
import { nextPath } from './next-path';

const to = (asked: string | null, base = '/') => nextPath(asked, 'https://lab.example', base);

describe('the page after signing in', () => {
  it('is the one that was asked for', () => {
    expect(to('/notebooks/a%20b.ipynb?x=1#cell=2')).toBe('/notebooks/a%20b.ipynb?x=1#cell=2');
    expect(to('/lab/notebooks/a.ipynb', '/lab/')).toBe('/lab/notebooks/a.ipynb');
  });

  it.each(['https://evil.example/', '//evil.example/', '/\\evil.example', '/\t/evil.example', 'javascript:alert(1)', '', null, '/login?next=/login', '/..//evil.example'])('is home for %j', asked => {
    expect(to(asked)).toBe('/');
  });

  it('stays within the installation', () => {
    expect(to('/other/', '/lab/')).toBe('/lab/');
    expect(to('/lab/../other', '/lab/')).toBe('/lab/');
  });
});
