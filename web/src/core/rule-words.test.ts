import { describe, expect, it } from 'vitest';
import { changedWords } from './rule-words';

describe('changedWords', () => {
  it('says nothing of a text that stayed as it was', () => {
    expect(changedWords('No mining here.', 'No mining here.')).toEqual([{ kind: 'same', text: 'No mining here.' }]);
  });
  it('tells what is gone from what is new, and keeps the rest', () => {
    const pieces = changedWords('Ten minutes a day.', 'Twenty minutes a week.');
    expect(pieces.filter(({ kind }) => kind !== 'new').map(({ text }) => text).join('')).toBe('Ten minutes a day.');
    expect(pieces.filter(({ kind }) => kind !== 'gone').map(({ text }) => text).join('')).toBe('Twenty minutes a week.');
    expect(pieces.some(({ kind, text }) => kind === 'same' && text.includes('minutes a'))).toBe(true);
  });
  it('takes a text that begins or ends to be new or gone as a whole', () => {
    expect(changedWords('', 'All new')).toEqual([{ kind: 'new', text: 'All new' }]);
    expect(changedWords('All gone', '')).toEqual([{ kind: 'gone', text: 'All gone' }]);
    expect(changedWords('', '')).toEqual([]);
  });
});
