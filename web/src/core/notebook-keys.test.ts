import { describe, expect, it } from 'vitest';
import { commandIds, fitting, menus, paletteIds } from './notebook-commands';
import { afterPrefix, keyBindings, keysOf, keyText, type KeyScope } from './notebook-keys';

/** Scopes in which a key would be heard at the same time. */
const together: readonly (readonly KeyScope[])[] = [['page', 'notebook', 'cells', 'text-cell'], ['page', 'notebook', 'editor']];

describe('the keys of the notebook', () => {
  it('mean one thing wherever they are pressed', () => {
    for (const scopes of together) {
      const keys = keyBindings.filter(each => scopes.includes(each.scope)).map(each => each.keys);
      expect(keys.filter((each, at) => keys.indexOf(each) !== at)).toEqual([]);
    }
  });

  it('never hide a key behind the first stroke of another', () => {
    for (const scopes of together) {
      const here = keyBindings.filter(each => scopes.includes(each.scope)).map(each => each.keys);
      const first = here.filter(each => each.includes(', ')).map(each => each.split(', ')[0]);
      expect(here.filter(each => first.includes(each))).toEqual([]);
    }
  });

  it('leave to the browser what it never gives away', () => {
    expect(keyBindings.filter(each => /^Accel (N|T|W)$/.test(each.keys))).toEqual([]);
  });

  it('are written as on the keyboard in front of the person', () => {
    expect(keyText('Accel M, B', false)).toBe('Ctrl+M B');
    expect(keyText('Accel M, B', true)).toBe('⌘M B');
    expect(keyText('Accel Shift Enter', false, { Ctrl: 'Strg', Shift: 'Umschalt' })).toBe('Strg+Umschalt+Enter');
  });

  it('are shown by the one that works in most places', () => {
    expect(keysOf('insert-code')).toBe('Accel M, B');
    expect(keysOf('cut')).toBe('X');
    expect(keysOf('about')).toBeNull();
  });

  it('know what follows Ctrl+M', () => {
    expect(afterPrefix().get('Shift Z')).toBe('redo');
    expect(afterPrefix().get('Y')).toBe('to-code');
  });
});

describe('the commands of the notebook', () => {
  it('stand once in a menu', () => {
    for (const menu of menus) {
      const items = menu.items.filter(item => item !== '-');
      expect(new Set(items).size).toBe(items.length);
    }
  });

  it('are all in the palette, but for the moves of the cursor', () => {
    expect(paletteIds).toContain('run-all');
    expect(paletteIds).not.toContain('next');
    expect(new Set(commandIds).size).toBe(commandIds.length);
  });

  it('are found by any of their words, the best first', () => {
    const titles = ['Restart session', 'Run all', 'Run before', 'Clear all outputs'].map(title => ({ title }));
    expect(fitting(titles, 'run').map(each => each.title)).toEqual(['Run all', 'Run before']);
    expect(fitting(titles, 'all').map(each => each.title)).toEqual(['Run all', 'Clear all outputs']);
    expect(fitting(titles, 'ÄLL run').map(each => each.title)).toEqual(['Run all']);
    expect(fitting(titles, '')).toHaveLength(4);
  });
});
