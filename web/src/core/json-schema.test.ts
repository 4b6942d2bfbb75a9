import { describe, expect, it } from 'vitest';
import { composed, defaultsOf, faultsOf } from './json-schema';

const schema = {
  type: 'object',
  definitions: { size: { type: 'integer', minimum: 1, default: 4 } },
  properties: { size: { $ref: '#/definitions/size' }, mode: { type: 'string', enum: ['a', 'b'], default: 'a' }, deep: { type: 'object', properties: { on: { type: 'boolean', default: true } } } },
  additionalProperties: false,
};

describe('a settings schema', () => {
  it('fills in every default, also behind references and in nested objects', () => {
    expect(defaultsOf(schema)).toEqual({ size: 4, mode: 'a', deep: { on: true } });
  });

  it('names the place and the reason of each fault', () => {
    expect(faultsOf(schema, { size: 0, mode: 'c', deep: { on: 'yes' }, extra: 1 }).map(f => [f.path, f.keyword])).toEqual([
      ['/size', 'minimum'], ['/mode', 'enum'], ['/deep/on', 'type'], ['/extra', 'additionalProperties'],
    ]);
  });

  it('has nothing against a value that fits', () => {
    expect(faultsOf(schema, { size: 2, mode: 'b' })).toEqual([]);
  });

  it('keeps untouched defaults beside what the person chose', () => {
    expect(composed({ editor: { wrap: true, size: 2 }, on: true }, { editor: { size: 3 } })).toEqual({ editor: { wrap: true, size: 3 }, on: true });
  });
});
