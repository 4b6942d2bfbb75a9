import { expect, it } from 'vitest';
import { namesTyped } from './names-typed';

it('takes names one a line, with commas, semicolons or blanks between them, and each once', () => {
  expect(namesTyped(' ada\nBob, cem;eve\r\n\r\n ada ')).toEqual(['ada', 'bob', 'cem', 'eve']);
});

it('finds none in blanks', () => {
  expect(namesTyped(' \n,; ')).toEqual([]);
});
