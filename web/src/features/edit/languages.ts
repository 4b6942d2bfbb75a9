// The language of a text file by its name; each is loaded when a file needs it.
import { type LanguageSupport, StreamLanguage } from '@codemirror/language';
import type { Extension } from '@codemirror/state';

type Loading = Promise<LanguageSupport | StreamLanguage<unknown>>;

const languages: readonly (readonly [RegExp, () => Loading])[] = [
  [/\.(py|pyi|pyw)$/i, () => import('@codemirror/lang-python').then(({ python }) => python())],
  [/\.(json|jsonl|geojson)$/i, () => import('@codemirror/lang-json').then(({ json }) => json())],
  [/\.(md|markdown)$/i, () => import('@codemirror/lang-markdown').then(({ markdown }) => markdown())],
  [/\.(js|mjs|cjs|jsx|ts|tsx)$/i, () => import('@codemirror/lang-javascript').then(({ javascript }) => javascript({ jsx: true, typescript: true }))],
  [/\.(html?|xml|svg)$/i, () => import('@codemirror/lang-html').then(({ html }) => html())],
  [/\.css$/i, () => import('@codemirror/lang-css').then(({ css }) => css())],
  [/\.sql$/i, () => import('@codemirror/lang-sql').then(({ sql }) => sql())],
  [/\.(sh|bash|zsh)$|^(\.bashrc|\.profile)$/i, () => import('@codemirror/legacy-modes/mode/shell').then(({ shell }) => StreamLanguage.define(shell))],
  [/\.ya?ml$/i, () => import('@codemirror/legacy-modes/mode/yaml').then(({ yaml }) => StreamLanguage.define(yaml))],
  [/\.(toml|cfg|ini)$/i, () => import('@codemirror/legacy-modes/mode/toml').then(({ toml }) => StreamLanguage.define(toml))],
  [/\.r$/i, () => import('@codemirror/legacy-modes/mode/r').then(({ r }) => StreamLanguage.define(r))],
  [/\.jl$/i, () => import('@codemirror/legacy-modes/mode/julia').then(({ julia }) => StreamLanguage.define(julia))],
];

/** Nothing for a file of plain text. */
export async function languageOf(name: string): Promise<Extension> {
  const found = languages.find(([pattern]) => pattern.test(name));
  return found ? found[1]() : [];
}
