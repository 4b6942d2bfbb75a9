import { describe, expect, it } from 'vitest';
import { withLanguage } from './notebook-language';

const notebook = (metadata: unknown) => ({ cells: [], metadata, nbformat: 4, nbformat_minor: 5 });
const languageOf = (metadata: unknown) => (withLanguage(notebook(metadata), 'python').metadata as { language_info: unknown }).language_info;

describe('the language of a notebook', () => {
  it('is what it says itself', () => {
    const said = notebook({ language_info: { name: 'R', version: '4' } });
    expect(withLanguage(said, 'python')).toBe(said);
  });

  it('else that of its kernel, else the usual one', () => {
    expect(languageOf({ kernelspec: { name: 'ir', language: 'R' } })).toEqual({ name: 'R' });
    expect(languageOf({ kernelspec: { name: 'python3', language: '' } })).toEqual({ name: 'python' });
    expect(languageOf({})).toEqual({ name: 'python' });
    expect(languageOf(undefined)).toEqual({ name: 'python' });
  });

  it('leaves the rest of what is said alone', () => {
    expect(withLanguage(notebook({ title: 'x' }), 'python').metadata).toEqual({ title: 'x', language_info: { name: 'python' } });
  });
});
