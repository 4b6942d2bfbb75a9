// Every sentence the home page asks for exists, in both languages, with the same values in it.
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import germanCommon from '../../../locales/de/common.json';
import germanHome from '../../../locales/de/home.json';
import englishCommon from '../../../locales/en/common.json';
import englishHome from '../../../locales/en/home.json';

const features = resolve(import.meta.dirname, '..');
const english = { ...englishCommon, ...englishHome };
const german = { ...germanCommon, ...germanHome };
const keys = (texts: object) => Object.keys(texts).sort();
const valuesIn = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(found => found[1]).sort();

const sources = ['home', 'sign-in', 'account', '.', '../ui']
  .flatMap(folder => readdirSync(resolve(features, folder)).filter(name => /\.tsx?$/.test(name) && !name.includes('.test.')).map(name => resolve(features, folder, name)))
  .map(file => readFileSync(file, 'utf8'));
const asked = new Set(sources.flatMap(source => [...source.matchAll(/\bt\('([\w.]+)'/g), ...source.matchAll(/\? '([a-z]+[A-Z]?\w*\.\w+)' : '/g), ...source.matchAll(/ : '([a-z]+[A-Z]?\w*\.\w+)'\)/g)].map(found => found[1] ?? '')));

describe('the sentences of the home page', () => {
  it('are the same in English and German', () => {
    expect(keys(german)).toEqual(keys(english));
  });

  it('carry the same values', () => {
    const others: Record<string, string> = german;
    for (const [key, text] of Object.entries(english)) expect([key, valuesIn(others[key] ?? '')]).toEqual([key, valuesIn(text)]);
  });

  it('are all there', () => {
    expect([...asked].filter(key => !(key in english) && !(`${key}_other` in english))).toEqual([]);
    expect(asked.size).toBeGreaterThan(100);
  });

  it('have both forms where they count', () => {
    const counted = keys(english).filter(key => key.endsWith('_other'));
    expect(counted.filter(key => !(key.replace(/_other$/, '_one') in english))).toEqual([]);
  });
});
