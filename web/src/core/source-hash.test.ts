import { describe, expect, it } from 'vitest';
import { sourceHash } from './source-hash';

describe('the hash of a source', () => {
  it('is MurmurHash2 of its UTF-8 with seed 0, as the server has it', () => {
    const known: Record<string, string> = { '': '0', a: '2456313694', ab: '446775395', abc: '324500635', abcd: '646393889', "print('now')": '2600417761', "höhe = '🐑'": '2772787700' };
    for (const [source, hash] of Object.entries(known)) expect(sourceHash(source)).toBe(hash);
  });
});
