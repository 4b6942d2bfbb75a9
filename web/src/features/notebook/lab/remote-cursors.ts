// Other people's cursors and selections in an editor, and where this person's are, told to them.
import { type Extension, type Range, RangeSet } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate, WidgetType } from '@codemirror/view';
import type { Awareness } from 'y-protocols/awareness';
import { createAbsolutePositionFromRelativePosition, createRelativePositionFromJSON, createRelativePositionFromTypeIndex, type Text } from 'yjs';
import { peopleOf, type Person } from '../../../core/presence';

class Caret extends WidgetType {
  readonly #name: string;
  readonly #colour: number;

  constructor({ name, colour }: Person) {
    super();
    this.#name = name;
    this.#colour = colour;
  }

  override eq(other: Caret): boolean {
    return other.#name === this.#name && other.#colour === this.#colour;
  }

  override toDOM(): HTMLElement {
    const caret = document.createElement('span');
    caret.className = `al-caret al-person-${this.#colour}`;
    caret.setAttribute('aria-hidden', 'true');
    caret.dataset['name'] = this.#name; // drawn by the style sheet: it is no part of the text
    return caret;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

function placeOf(position: unknown, text: Text): number | null {
  try {
    const found = text.doc && createAbsolutePositionFromRelativePosition(createRelativePositionFromJSON(position), text.doc);
    return found && found.type === text ? found.index : null;
  } catch {
    return null; // somebody else's word
  }
}

function decorationsOf(people: readonly Person[], text: Text, length: number): DecorationSet {
  const ranges: Range<Decoration>[] = [];
  for (const person of people)
    for (const cursor of person.cursors) {
      const [anchor, head] = [placeOf(cursor.anchor, text), placeOf(cursor.head, text)];
      if (anchor === null || head === null || Math.max(anchor, head) > length) continue;
      if (anchor !== head) ranges.push(Decoration.mark({ class: `al-selected al-person-${person.colour}` }).range(Math.min(anchor, head), Math.max(anchor, head)));
      ranges.push(Decoration.widget({ widget: new Caret(person), side: head < anchor ? -1 : 1 }).range(head));
    }
  return RangeSet.of(ranges, true);
}

export function remoteCursors(text: Text, awareness: Awareness): Extension {
  const plugin = ViewPlugin.fromClass(class {
    decorations: DecorationSet = Decoration.none;
    readonly #view: EditorView;
    #asked = false;
    readonly #hear = (_: unknown, origin: unknown) => origin !== 'local' && this.#redraw();

    constructor(view: EditorView) {
      this.#view = view;
      awareness.on('change', this.#hear);
      this.#read(view);
    }

    update(update: ViewUpdate): void {
      if (update.docChanged || this.#asked) this.#read(update.view);
      if (update.selectionSet || update.focusChanged || update.docChanged) this.#tell(update.view);
    }

    destroy(): void {
      awareness.off('change', this.#hear);
    }

    #read(view: EditorView): void {
      this.#asked = false;
      const people = peopleOf(awareness.getStates(), awareness.clientID).filter(({ cursors }) => cursors.length > 0);
      this.decorations = people.length === 0 ? Decoration.none : decorationsOf(people, text, view.state.doc.length);
    }

    #redraw(): void {
      if (this.#asked) return;
      this.#asked = true;
      queueMicrotask(() => this.#asked && this.#view.dispatch({})); // an update may be going on
    }

    #tell(view: EditorView): void {
      if (!view.hasFocus) return;
      const cursors = view.state.selection.ranges.map(({ anchor, head, empty }, at) => ({ anchor: createRelativePositionFromTypeIndex(text, anchor), head: createRelativePositionFromTypeIndex(text, head), primary: at === view.state.selection.mainIndex, empty }));
      const told = JSON.parse(JSON.stringify(cursors)) as unknown;
      if (JSON.stringify(awareness.getLocalState()?.['cursors']) !== JSON.stringify(told)) awareness.setLocalStateField('cursors', told);
    }
  }, { decorations: ({ decorations }) => decorations });
  return plugin;
}
