import { describe, expect, it } from 'vitest';
import { findNotebookFault } from './notebook-fault';

describe('what is wrong with a notebook', () => {
  it('is nothing with cells and a version', () => {
    expect(findNotebookFault('{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[]}')).toBeNull();
  });

  it('is told by line and column where the text stops being JSON', () => {
    expect(findNotebookFault('{\n "cells": [1 2]\n}')).toMatchObject({ kind: 'json', line: 2 });
  });

  it.each([
    ['', { kind: 'empty' }],
    ['[1]', { kind: 'shape', missing: 'nbformat' }],
    ['null', { kind: 'shape', missing: 'nbformat' }],
    ['{"nbformat":3,"worksheets":[]}', { kind: 'older', nbformat: 3 }],
    ['{"nbformat":5,"cells":[]}', { kind: 'newer', nbformat: 5 }],
    ['{"nbformat":4,"cells":{}}', { kind: 'shape', missing: 'cells' }],
  ])('%j', (text, fault) => {
    expect(findNotebookFault(text)).toEqual(fault);
  });
});
