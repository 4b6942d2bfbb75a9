import { describe, expect, it } from 'vitest';
import { findNameFault, freeName, kindOf, splitName } from './file-names';

describe('a free name', () => {
  it('is the name itself while nobody has it', () => {
    expect(freeName('a.ipynb', new Set(['b.ipynb']))).toBe('a.ipynb');
  });
  it('counts up before the ending', () => {
    expect(freeName('a.ipynb', new Set(['a.ipynb', 'a (1).ipynb']))).toBe('a (2).ipynb');
    expect(freeName('data.tar.gz', new Set(['data.tar.gz']))).toBe('data (1).tar.gz');
    expect(freeName('folder', new Set(['folder']))).toBe('folder (1)');
  });
});

describe('splitting a name', () => {
  it('takes no leading dot and no sentence for an ending', () => {
    expect(splitName('.bashrc')).toEqual({ stem: '.bashrc', ending: '' });
    expect(splitName('v1.2 of my notes')).toEqual({ stem: 'v1.2 of my notes', ending: '' });
    expect(splitName('Grüße.ipynb')).toEqual({ stem: 'Grüße', ending: '.ipynb' });
  });
});

describe('a name that cannot be given', () => {
  const beside = new Set(['there.txt']);
  it.each([['', 'empty'], ['  ', 'empty'], ['a/b', 'slash'], ['.x', 'hidden'], ['ä'.repeat(128), 'long'], ['a\nb', 'control'], ['there.txt', 'taken']] as const)('%j is refused as %s', (name, fault) => {
    expect(findNameFault(name, beside)).toBe(fault);
  });
  it('is not one with spaces, emoji or 255 bytes', () => {
    expect(findNameFault('Mein Heft 🐑.ipynb', beside)).toBeNull();
    expect(findNameFault('x'.repeat(255), beside)).toBeNull();
  });
});

describe('what a file is', () => {
  it('goes by its ending, then by what the server says', () => {
    expect(kindOf({ name: 'a.PNG', type: 'file' })).toBe('image');
    expect(kindOf({ name: 'Makefile', type: 'file', mimetype: 'text/plain' })).toBe('text');
    expect(kindOf({ name: 'x.bin', type: 'file', mimetype: null })).toBe('other');
    expect(kindOf({ name: 'a.png', type: 'directory' })).toBe('folder');
  });
});
