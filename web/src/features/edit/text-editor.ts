// CodeMirror for a text file: lines with numbers, the language's colours, search and undo, Ctrl+S.
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { languageOf } from './languages';

interface Wishes {
  readonly text: string;
  readonly name: string;
  /** What a screen reader calls it. */
  readonly label: string;
  readonly readOnly: boolean;
  readonly onEdit: () => void;
  readonly onSave: () => void;
}

/** A line of a megabyte is drawn, but not coloured: the colours would take longer than anybody waits. */
const colouredUpTo = 2_000_000;

export class TextEditor {
  readonly #view: EditorView;
  /** How the file ends its lines; what is typed ends them alike. */
  readonly #lineEnd: '\r\n' | '\n';

  constructor(parent: HTMLElement, wishes: Wishes) {
    const language = new Compartment();
    this.#lineEnd = wishes.text.includes('\r\n') ? '\r\n' : '\n';
    const save = { key: 'Mod-s', preventDefault: true, run: () => (wishes.onSave(), true) };
    this.#view = new EditorView({
      parent,
      state: EditorState.create({
        doc: wishes.text,
        extensions: [
          lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), highlightActiveLine(), highlightSelectionMatches(), search({ top: true }),
          indentUnit.of('    '), EditorView.lineWrapping, EditorView.contentAttributes.of({ 'aria-label': wishes.label }), syntaxHighlighting(classHighlighter), language.of([]),
          EditorState.readOnly.of(wishes.readOnly), EditorView.editable.of(!wishes.readOnly),
          keymap.of([save, ...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
          EditorView.updateListener.of(update => update.docChanged && wishes.onEdit()),
        ],
      }),
    });
    if (wishes.text.length <= colouredUpTo) void languageOf(wishes.name).then(found => this.#view.dispatch({ effects: language.reconfigure(found) }), () => undefined);
  }

  get text(): string {
    return this.#view.state.doc.sliceString(0, undefined, this.#lineEnd);
  }

  replace(text: string): void {
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: text } });
  }

  focus(): void {
    this.#view.focus();
  }

  close(): void {
    this.#view.destroy();
  }
}
