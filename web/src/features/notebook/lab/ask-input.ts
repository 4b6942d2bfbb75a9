// The field in which a running cell asks for input, below what it has printed. The server writes question and answer into the notebook.
import type { CodeCell } from '@jupyterlab/cells';
import { Panel } from '@lumino/widgets';

interface Asked {
  readonly prompt: string;
  readonly password: boolean;
}

interface How {
  readonly answer: (value: string) => void;
  /** The person who is here has asked for the run. */
  readonly takesFocus: boolean;
}

/** Returns what takes the field away. */
export function askInput(cell: CodeCell, { prompt, password }: Asked, { answer, takesFocus }: How): () => void {
  let isOver = false;
  let panel: Panel | null = null;
  const close = () => {
    isOver = true;
    const hadFocus = panel?.node.contains(document.activeElement) ?? false;
    panel?.dispose();
    if (hadFocus && !cell.isDisposed) cell.node.focus();
  };
  void cell.ready.then(() => {
    if (isOver || cell.isDisposed) return;
    const { outputArea } = cell;
    const factory = outputArea.contentFactory;
    const field = factory.createStdin({
      parent_header: {} as never, prompt, password,
      future: { sendInputReply: ({ value }: { value: string }) => answer(value) } as never,
    });
    field.addClass('jp-OutputArea-output');
    const before = factory.createOutputPrompt();
    before.addClass('jp-OutputArea-prompt');
    panel = new Panel();
    panel.addClass('jp-OutputArea-child');
    panel.addClass('jp-OutputArea-stdin-item');
    panel.addWidget(before);
    panel.addWidget(field);
    const { layout } = outputArea;
    if (!layout || !('addWidget' in layout)) return;
    (layout as Panel['layout'] & { addWidget(widget: Panel): void }).addWidget(panel);
    if (takesFocus) field.node.querySelector('input')?.focus();
  });
  return close;
}
