import { describe, expect, it } from 'vitest';
import { languageInfo } from './notebook-language';

describe('the language of a notebook', () => {
  it('is what it says itself', () => {
    expect(languageInfo({ name: 'R', version: '4' }, { language: 'julia' }, 'python')).toEqual({ name: 'R', version: '4' });
  });

  it('else that of its kernel, else the usual one', () => {
    expect(languageInfo(undefined, { name: 'ir', language: 'R' }, 'python')).toEqual({ name: 'R' });
    expect(languageInfo({}, { name: 'python3', language: '' }, 'python')).toEqual({ name: 'python' });
    expect(languageInfo(null, undefined, 'python')).toEqual({ name: 'python' });
  });
});
