import { describe, expect, it } from 'vitest';
import { cellOf, documentIdOf, documentOfSession, notebookPathOf, remediesOf } from './notebook-address';

describe('the address of a notebook', () => {
  it('names the file, escapes undone', () => {
    expect(notebookPathOf('/notebooks/a%20b/c%231.ipynb', '/')).toBe('a b/c#1.ipynb');
  });

  it('of somebody else’s is its document, and so is the path of its kernel’s session', () => {
    const id = 'doc_0123456789abcdef0123';
    expect(documentIdOf(`/lab/d/${id}`, '/lab/')).toBe(id);
    expect(documentIdOf(`/d/${id}`, '/lab/')).toBeNull();
    expect(documentIdOf('/d/doc_1', '/')).toBeNull();
    expect(documentOfSession(`.shared/${id}.ipynb`)).toBe(id);
    expect(documentOfSession('shared/a.ipynb')).toBeNull();
    expect(remediesOf({ kind: 'not-shared', document: id })[0]).toBe('ask-access');
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
