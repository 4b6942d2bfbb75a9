import { describe, expect, it } from 'vitest';
import { type Comment, commentOf, mentions, openThreads, piecesOf, threadsOf } from './comments';

const author = { id: 'acc_1', name: 'ada', display_name: 'Ada' };
const made = (id: string, cell: string, more: Partial<Comment> = {}): Comment => ({ id, thread: id, cell, author, text: id, made_at: `2026-01-01T00:00:0${id.length}Z`, ...more });

describe('threads of comments', () => {
  it('stand in the order of the cells, those of cells that are gone last', () => {
    const comments = [made('a', 'gone'), made('b', 'second'), made('cc', 'first'), made('d', 'first'), made('e', 'first', { thread: 'd' })];
    const threads = threadsOf(comments, ['first', 'second']);
    expect(threads.map(({ first, place, answers }) => [first.id, place, answers.map(({ id }) => id)])).toEqual([['d', 0, ['e']], ['cc', 0, []], ['b', 1, []], ['a', null, []]]);
  });

  it('are counted for each cell while they are open', () => {
    const comments = [made('a', 'x'), made('b', 'x'), made('c', 'x', { resolved_at: 'now' }), made('d', 'y', { resolved_at: 'now' }), made('e', 'x', { thread: 'a' })];
    expect([...openThreads(comments)]).toEqual([['x', 2]]);
  });
});

describe('the text of a comment', () => {
  it('speaks to people by their names', () => {
    expect(piecesOf('Why, @ada.b? Ask me@home.org or @eve.')).toEqual([
      { text: 'Why, ', isMention: false }, { text: '@ada.b', isMention: true }, { text: '? Ask me@home.org or ', isMention: false }, { text: '@eve', isMention: true }, { text: '.', isMention: false },
    ]);
    expect(mentions('@adam @ada', 'ada')).toBe(true);
    expect(mentions('@adam', 'ada')).toBe(false);
  });
});

it('an address names a comment', () => {
  expect(commentOf('#comment=cmt_0123456789abcdef0123')).toBe('cmt_0123456789abcdef0123');
  expect(commentOf('#comment=<x>')).toBe(null);
});
