import { describe, expect, it } from 'vitest';
import { cellOf, notebookPathOf, remediesOf } from './notebook-address';

describe('the address of a notebook', () => {
  it('names the file, escapes undone', () => {
    expect(notebookPathOf('/notebooks/a%20b/c%231.ipynb', '/')).toBe('a b/c#1.ipynb');
  });

  it('works below any prefix', () => {
    expect(notebookPathOf('/lab/ada/notebooks/x.ipynb', '/lab/ada/')).toBe('x.ipynb');
    expect(notebookPathOf('/notebooks/x.ipynb', '/lab/')).toBeNull();
  });

  it('is nobody’s file when it names none or is no address', () => {
    expect(notebookPathOf('/notebooks/', '/')).toBeNull();
    expect(notebookPathOf('/notebooks/100%.ipynb', '/')).toBeNull();
  });

  it('may name a cell', () => {
    expect(cellOf('#cell=ab%20c')).toBe('ab c');
    expect(cellOf('#heading')).toBeNull();
  });
});

describe('what can be done about a notebook that does not open', () => {
  it('begins with what helps most', () => {
    expect(remediesOf({ kind: 'missing' })[0]).toBe('files');
    expect(remediesOf({ kind: 'json', place: { line: 2, column: 1 } })[0]).toBe('open-as-text');
    expect(remediesOf({ kind: 'away' })[0]).toBe('try-again');
  });
});
