import { describe, expect, it } from 'vitest';
import { nextUploads, piecesOf, pieceSize, rateOf, shareOf, type Upload, wholeUpTo, withReading } from './upload';

describe('the pieces of an upload', () => {
  it('is one up to 15 MiB, without a number', () => {
    expect(piecesOf(0)).toEqual([{ from: 0, to: 0, chunk: null }]);
    expect(piecesOf(wholeUpTo)).toEqual([{ from: 0, to: wholeUpTo, chunk: null }]);
  });

  it('counts from one and ends with −1 above', () => {
    expect(piecesOf(wholeUpTo + 1).map(piece => piece.chunk)).toEqual([1, 2, 3, -1]);
  });

  it('covers every byte once', () => {
    for (const size of [wholeUpTo + 1, 5 * pieceSize, 5 * pieceSize + 17]) {
      const pieces = piecesOf(size);
      expect(pieces[0]?.from).toBe(0);
      expect(pieces.at(-1)?.to).toBe(size);
      pieces.slice(1).forEach((piece, index) => expect(piece.from).toBe(pieces[index]?.to));
    }
  });
});

describe('how fast it goes', () => {
  it('says nothing before it can know', () => {
    expect(rateOf([])).toBeNull();
    expect(rateOf([{ at: 0, sent: 0 }, { at: 100, sent: 1000 }])).toBeNull();
  });

  it('goes by the last seconds, not by the beginning', () => {
    let readings = withReading([], { at: 0, sent: 0 });
    readings = withReading(readings, { at: 5000, sent: 1_000_000 });
    readings = withReading(readings, { at: 6000, sent: 1_500_000 });
    expect(rateOf(readings)).toBe(500_000);
  });
});

describe('several uploads', () => {
  const upload = (id: number, kind: 'waiting' | 'sending' | 'done'): Upload => ({
    id, path: String(id), size: 10, state: kind === 'sending' ? { kind, sent: 5, readings: [] } : kind === 'done' ? { kind, warning: null } : { kind },
  });

  it('go two at a time, in the order they came', () => {
    expect(nextUploads([upload(1, 'done'), upload(2, 'sending'), upload(3, 'waiting'), upload(4, 'waiting')], 2).map(each => each.id)).toEqual([3]);
    expect(nextUploads([upload(1, 'sending'), upload(2, 'sending'), upload(3, 'waiting')], 2)).toEqual([]);
  });

  it('tell their share', () => {
    expect([upload(1, 'waiting'), upload(1, 'sending'), upload(1, 'done')].map(shareOf)).toEqual([0, 0.5, 1]);
  });
});
