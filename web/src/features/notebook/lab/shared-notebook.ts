// The notebook's shared document. Cells join it before anything is read from them or watched in them: Yjs types know nothing of themselves before
// that, and say so in the console for every cell; ydoc 4.2 builds cells first and lets them join afterwards.
import { type ISharedNotebook, type SharedCell, YBaseCell, YCodeCell, YMarkdownCell, YNotebook, YRawCell } from '@jupyter/ydoc';
import type { IAttachments, IBaseCellMetadata, INotebookMetadata, IOutput } from '@jupyterlab/nbformat';
import { type PartialJSONValue, UUID } from '@lumino/coreutils';
import * as Y from 'yjs';
import { languageInfo } from '../../../core/notebook-language';

type AnyCell = YBaseCell<IBaseCellMetadata>;

/** What only some kinds of cells have. */
interface Further {
  readonly execution_count?: number | null;
  readonly outputs?: IOutput[];
  readonly attachments?: IAttachments;
}

const textOf = (source: SharedCell.Cell['source']): string => (Array.isArray(source) ? source.join('') : (source ?? ''));

function sharedMap(cell: SharedCell.Cell): Y.Map<unknown> {
  const fields: [string, unknown][] = [['source', new Y.Text(textOf(cell.source))], ['metadata', new Y.Map()], ['cell_type', cell.cell_type], ['id', cell.id ?? UUID.uuid4()]];
  if (cell.cell_type === 'code') fields.push(['outputs', new Y.Array()]);
  return new Y.Map(fields);
}

/** The cell around a map that has joined. */
function cellAround(map: Y.Map<unknown>, cell: SharedCell.Cell, notebook: ISharedNotebook): AnyCell {
  const { execution_count = null, outputs = [], attachments } = cell as Further;
  const [source, metadata] = [map.get('source') as Y.Text, map.get('metadata') as Y.Map<unknown>];
  if (cell.cell_type === 'code') {
    const made = new YCodeCell(map, source, map.get('outputs') as Y.Array<unknown>, { notebook }, metadata);
    made.setExecutionCount(execution_count);
    if (outputs.length > 0) made.setOutputs(outputs);
    return made;
  }
  const made = new (cell.cell_type === 'markdown' ? YMarkdownCell : YRawCell)(map, source, { notebook }, metadata);
  if (attachments) made.setAttachments(attachments);
  return made;
}

/** JupyterLab marks cells that a person made. That is the page's own affair and no part of the notebook. */
function withoutTrust(cell: SharedCell.Cell): SharedCell.Cell {
  const { trusted: _, ...metadata } = (cell.metadata ?? {}) as IBaseCellMetadata;
  return { ...cell, metadata } as SharedCell.Cell;
}

export class SharedNotebook extends YNotebook {
  override insertCells(index: number, cells: SharedCell.Cell[]): AnyCell[] {
    let made: AnyCell[] = [];
    this.transact(() => {
      made = this.#join(index, cells.map(withoutTrust));
    });
    this.dirty = true;
    return made;
  }

  override moveCells(from: number, to: number, count = 1): void {
    const moved = Array.from({ length: count }, (_, i) => this.getCell(from + i).toJSON() as SharedCell.Cell);
    this.transact(() => {
      this._ycells.delete(from, count);
      this.#join(from > to ? to : to - count + 1, moved);
    });
    this.dirty = true;
  }

  override getMetadata(): INotebookMetadata;
  override getMetadata(key: string): PartialJSONValue | undefined;
  /** A notebook that does not say its language is read as Python, and nothing is written into it for that. */
  override getMetadata(key?: string): unknown {
    if (key === undefined) return super.getMetadata();
    const said = super.getMetadata(key);
    return key === 'language_info' ? languageInfo(said, super.getMetadata('kernelspec'), 'python') : said;
  }

  #join(index: number, cells: readonly SharedCell.Cell[]): AnyCell[] {
    const known = Reflect.get(this, '_ycellMapping') as WeakMap<Y.Map<unknown>, AnyCell>;
    const maps = cells.map(sharedMap);
    this._ycells.insert(index, maps);
    return maps.map((map, i) => {
      const cell = cells[i] as SharedCell.Cell;
      const made = cellAround(map, cell, this);
      if (cell.metadata) made.setMetadata(cell.metadata);
      known.set(map, made);
      return made;
    });
  }
}
