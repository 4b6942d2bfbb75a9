// Shows a code cell's outputs as the shared document has them. The server writes them; JupyterLab's own binding takes each list as one that only
// grows at its end, and would write back what it shows.
import type { YCodeCell } from '@jupyter/ydoc';
import type { ICodeCellModel } from '@jupyterlab/cells';
import type { IOutput } from '@jupyterlab/nbformat';
import type { IOutputAreaModel, OutputAreaModel } from '@jupyterlab/outputarea';
import * as Y from 'yjs';
import { partsOf, type ReadPart, whole, withText } from '../../../core/large-outputs';
import { bytes, t } from '../../../ui/i18n';

type Output = Y.Map<unknown>;
type Change = Record<string, unknown>;

/** What JupyterLab has bound already. */
interface Bound {
  _onSharedModelChanged(sender: YCodeCell, change: Change): void;
  onOutputsChange(sender: IOutputAreaModel, change: unknown): void;
  onTrustedChanged(sender: unknown, change: { readonly newValue: boolean }): void;
}

/** Outputs are maps, but a list from elsewhere may have plain objects in it. */
const jsonOf = (output: Output | IOutput): IOutput => (output instanceof Y.Map ? (output.toJSON() as IOutput) : output);

/** How what is too large for the document comes: once the cell is about to be seen. */
export interface Large {
  readonly read: ReadPart;
  readonly seen: Promise<void>;
}

export function showLiveOutputs(model: ICodeCellModel, large: Large): void {
  const shared = model.sharedModel as YCodeCell;
  const bound = model as unknown as Bound;
  const shown = model.outputs as OutputAreaModel;
  shared.changed.disconnect(bound._onSharedModelChanged, model);
  shown.changed.disconnect(bound.onOutputsChange, model);
  Reflect.set(shown, 'shouldCombine', () => false); // what the document has as two outputs is two
  bound.onTrustedChanged = (_, { newValue }) => {
    shown.trusted = newValue; // and is not written into the notebook
  };
  let ours = false; // what changes on the page is our doing
  shared.changed.connect((_, change) => {
    const { outputsChange: _outputs, streamOutputChange: _stream, ...rest } = change as Change;
    if (!model.isDisposed) bound._onSharedModelChanged(shared, rest);
  });
  shown.changed.connect((_, change) => {
    if (change.type === 'clear' && !ours) shared.clearOutputs(); // a person cleared them
  });
  const outputsNow = () => shared.ymodel.get('outputs') as Y.Array<Output> | undefined;
  let maps = outputsNow()?.toArray() ?? [];
  if (shown.length !== maps.length || maps.some(output => partsOf(jsonOf(output)).length > 0)) replaceAll(); // streams of one name behind each other had been joined

  function replaceAll(): void {
    ours = true;
    shown.fromJSON(maps.map(soon));
    ours = false;
  }

  /** The output, of a large one what stands there until it has come. */
  function soon(output: Output | IOutput): IOutput {
    const json = jsonOf(output);
    const parts = partsOf(json);
    if (parts.length === 0) return json;
    void bring(output, json);
    return withText(json, t('output.loading', { size: bytes(parts.reduce((sum, { size }) => sum + size, 0)) }));
  }

  async function bring(output: Output | IOutput, json: IOutput): Promise<void> {
    await large.seen;
    const came = await whole(json, large.read).catch(() => withText(json, t('output.notLoaded')));
    const at = maps.indexOf(output as Output);
    if (model.isDisposed || at < 0 || JSON.stringify(jsonOf(output)) !== JSON.stringify(json)) return; // it is another by now
    ours = true;
    shown.set(at, came);
    ours = false;
  }

  function follow(events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void {
    const next = outputsNow()?.toArray() ?? [];
    const same = next.findIndex((output, at) => output !== maps[at]);
    const kept = same < 0 ? Math.min(next.length, maps.length) : same;
    ours = true;
    if (kept === 0 && maps.length > 0) shown.clear();
    else for (let at = maps.length - 1; at >= kept; at--) shown.remove(at);
    for (const output of next.slice(kept)) shown.add(soon(output));
    maps = next;
    for (const event of events) change(event, kept);
    ours = false;
  }

  /** One of the outputs that stay says something else. */
  function change(event: Y.YEvent<Y.AbstractType<unknown>>, kept: number): void {
    const within = maps.findIndex(output => output === event.target || (output instanceof Y.Map && output === event.target.parent));
    if (within < 0 || within >= kept) return;
    const output = maps[within] as Output;
    if (event.target === output || !changeText(within, event as unknown as Y.YTextEvent)) shown.set(within, soon(output));
  }

  function changeText(at: number, event: Y.YTextEvent): boolean {
    const text = shown.get(at).streamText;
    if (!text) return false;
    let place = 0;
    for (const { retain, insert, delete: gone } of event.delta) {
      place += retain ?? 0;
      if (typeof insert === 'string') {
        text.insert(place, insert, { silent: true });
        place += insert.length;
      } else if (gone !== undefined) text.remove(place, place + gone, { silent: true });
    }
    return text.text.length === (event.target as Y.Text).length;
  }

  shared.ymodel.observeDeep(events => {
    if (model.isDisposed || !events.some(event => isOfOutputs(event, shared.ymodel))) return;
    follow(events);
  });
}

const isOfOutputs = (event: Y.YEvent<Y.AbstractType<unknown>>, cell: Y.Map<unknown>): boolean => event.path[0] === 'outputs' || (event.target === cell && (event as Y.YMapEvent<unknown>).keysChanged.has('outputs'));
