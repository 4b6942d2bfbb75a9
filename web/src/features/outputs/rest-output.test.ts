import { describe, expect, it } from 'vitest';
import { readRest } from './rest-output';

const run = '7e56af68-11e5-4d11-ad14-0a21c2137226';

describe('what leads to the rest of an output', () => {
  it('is where it is kept, and how much', () => {
    expect(readRest({ document: 'doc_01ab', run, kept: 5, lost: 0 })).toEqual({ address: `/api/documents/doc_01ab/outputs/${run}`, kept: 5, lost: 0 });
  });

  it('leads nowhere else, whatever a notebook says', () => {
    for (const data of [null, 'x', {}, { document: '../../account', run }, { document: 'doc_01', run: '../../../sign-out' }, { document: 'doc_01', run: 'javascript:alert(1)//------------' }]) expect(readRest(data)).toBeNull();
    expect(readRest({ document: 'doc_01', run, kept: '<b>', lost: Infinity })).toMatchObject({ kept: 0, lost: 0 });
  });
});
