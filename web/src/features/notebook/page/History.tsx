// Earlier states of the notebook: what was changed in each, beside the one before it or beside what is there now; and back to any of them.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ChevronDown, ChevronUp, Download, RotateCcw } from 'lucide-react';
import { listRevisions, nameRevision, readRevision, restoreRevision } from '../../../api/documents';
import { downloadText } from '../../../api/files';
import { type CellChange, cellChanges, type Revision, type Row } from '../../../core/history';
import type { NotebookContent } from '../../../core/notebook-content';
import { dateTime, t } from '../../../ui/i18n';
import { Modal } from '../../../ui/modal';
import { failureWords } from '../../failure';
import type { Page } from '../store';
import './history.css';

/** What a state is compared with. */
type Beside = 'before' | 'now';

const empty: NotebookContent = { nbformat: 4, nbformat_minor: 5, cells: [] };

const titleOf = (revision: Revision) => revision.name || t(`history.${revision.reason}`);

function changesText({ changes: { added, removed, edited, ran } }: Revision): string {
  const parts = [['edited', edited], ['added', added], ['removed', removed], ['ran', ran]] as const;
  return parts.filter(([, count]) => count > 0).map(([what, count]) => t(`history.cells.${what}`, { count })).join(', ');
}

export function History({ page, onClose }: { page: Page; onClose: () => void }) {
  const source = page.deeds?.history() ?? null;
  const [revisions, setRevisions] = useState<readonly Revision[] | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [beside, setBeside] = useState<Beside>('before');
  const [fault, setFault] = useState<string | null>(null);
  const fail = useCallback((error: unknown) => setFault(failureWords(error)), []);
  const read = useCallback(async () => {
    if (!source) return;
    const list = [...(await listRevisions(source.document))].reverse();
    setRevisions(list);
    setChosen(before => before ?? list[0]?.id ?? null);
  }, [source?.document]);
  useEffect(() => void read().catch(fail), [read, fail]);
  const at = revisions?.findIndex(({ id }) => id === chosen) ?? -1;
  const revision = revisions?.[at] ?? null;
  const earlier = revisions?.[at + 1] ?? null;
  const attempt = (work: () => Promise<unknown>) => void work().then(() => setFault(null), fail);
  const restore = (cell?: string) => source && revision && attempt(async () => {
    await restoreRevision(source.document, revision.id, cell);
    page.tell({ text: t(cell === undefined ? 'history.done' : 'history.cellDone', { time: dateTime(new Date(revision.made_at)) }) });
    if (cell === undefined) onClose();
    else await read();
  });
  const download = () => source && revision && attempt(async () => {
    const name = page.state.name.replace(/\.ipynb$/, '');
    downloadText(`${name} ${revision.made_at.slice(0, 16).replace(/[T:]/g, '-')}.ipynb`, JSON.stringify(await readRevision(source.document, revision.id), null, 1), 'application/x-ipynb+json');
  });
  return (
    <Modal wide title={t('history.title')} onClose={onClose} actions={<>
      <button type="button" className="al-button" disabled={!revision} onClick={download}><Download size={16} aria-hidden />{t('command.download')}</button>
      <button type="button" className="al-button al-button-primary" disabled={!revision} onClick={() => restore()}><RotateCcw size={16} aria-hidden />{t('history.restore')}</button>
    </>}>
      {fault && <p className="nb-danger" role="alert">{fault}</p>}
      {revisions === null && !fault && <p role="status">{t('history.loading')}</p>}
      {revisions?.length === 0 && <p>{t('history.empty')}</p>}
      {revisions && revisions.length > 0 && source && (
        <div className="nb-history">
          <div className="nb-history-side">
            <Naming onName={name => attempt(async () => {
              setChosen((await nameRevision(source.document, name)).id);
              await read();
            })} />
            <ol className="nb-revisions" aria-label={t('history.title')}>
              {revisions.map(each => (
                <li key={each.id}>
                  <button type="button" aria-current={each.id === chosen} onClick={() => setChosen(each.id)}>
                    <time dateTime={each.made_at}>{dateTime(new Date(each.made_at))}</time>
                    <strong>{titleOf(each)}</strong>
                    <span>{[changesText(each), each.authors].filter(Boolean).join(' · ')}</span>
                  </button>
                </li>
              ))}
            </ol>
          </div>
          {revision && <Comparison key={`${revision.id} ${beside}`} document={source.document} revision={revision} earlier={earlier} now={source.current} beside={beside} onBeside={setBeside} onRestore={restore} onFault={fail} />}
        </div>
      )}
    </Modal>
  );
}

function Naming({ onName }: { onName: (name: string) => void }) {
  const [name, setName] = useState('');
  return (
    <form className="nb-naming" onSubmit={event => {
      event.preventDefault();
      if (name.trim() === '') return;
      onName(name.trim());
      setName('');
    }}>
      <input className="al-input" aria-label={t('history.name')} placeholder={t('history.name')} maxLength={100} value={name} onChange={event => setName(event.target.value)} />
      <button type="submit" className="al-button" disabled={name.trim() === ''}>{t('history.keep')}</button>
    </form>
  );
}

interface ComparisonProps {
  readonly document: string;
  readonly revision: Revision;
  readonly earlier: Revision | null;
  readonly now: () => Promise<NotebookContent>;
  readonly beside: Beside;
  readonly onBeside: (beside: Beside) => void;
  readonly onRestore: (cell: string) => void;
  readonly onFault: (error: unknown) => void;
}

function Comparison({ document, revision, earlier, now, beside, onBeside, onRestore, onFault }: ComparisonProps) {
  const [both, setBoth] = useState<readonly [NotebookContent, NotebookContent] | null>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let isOver = false;
    const other = beside === 'now' ? now() : earlier ? readRevision(document, earlier.id) : Promise.resolve(empty);
    Promise.all([readRevision(document, revision.id), other]).then(([mine, theirs]) => {
      if (!isOver) setBoth(beside === 'now' ? [mine, theirs] : [theirs, mine]);
    }, onFault);
    return () => {
      isOver = true;
    };
  }, [document, revision.id, earlier?.id, beside]);
  const changes = useMemo(() => (both ? cellChanges(both[0], both[1]) : []), [both]);
  const differing = changes.filter(({ kind }) => kind !== 'same');
  const step = (by: 1 | -1) => {
    const cells = [...(list.current?.querySelectorAll<HTMLElement>('.nb-change') ?? [])];
    const top = list.current?.getBoundingClientRect().top ?? 0;
    const offsets = cells.map(cell => cell.getBoundingClientRect().top - top);
    const next = by > 0 ? offsets.findIndex(offset => offset > 8) : offsets.findLastIndex(offset => offset < -8);
    cells[next]?.scrollIntoView({ block: 'start' });
    cells[next]?.focus({ preventScroll: true });
  };
  return (
    <section className="nb-comparison" aria-label={titleOf(revision)}>
      <div className="nb-comparison-head">
        <div className="nb-beside" role="group" aria-label={t('history.beside')}>
          {(['before', 'now'] as const).map(each => <button key={each} type="button" aria-pressed={beside === each} onClick={() => onBeside(each)}>{t(`history.beside.${each}`)}</button>)}
        </div>
        <span role="status">{both ? t('history.differing', { count: differing.length }) : t('history.loading')}</span>
        <button type="button" className="al-icon-button" aria-label={t('history.previous')} disabled={differing.length === 0} onClick={() => step(-1)}><ChevronUp size={18} aria-hidden /></button>
        <button type="button" className="al-icon-button" aria-label={t('history.next')} disabled={differing.length === 0} onClick={() => step(1)}><ChevronDown size={18} aria-hidden /></button>
      </div>
      <div className="nb-changes" ref={list}>
        {both && differing.length === 0 && <p>{t('history.same')}</p>}
        {differing.map(change => <Change key={`${change.id} ${change.kind}`} change={change} onRestore={beside === 'now' && change.kind !== 'added' ? () => onRestore(change.id) : null} />)}
      </div>
    </section>
  );
}

function Change({ change, onRestore }: { change: CellChange; onRestore: (() => void) | null }) {
  const title = t('history.cell', { place: change.place, what: t(`history.${change.kind}Cell`) });
  return (
    <article className="nb-change" tabIndex={-1} aria-label={title}>
      <header>
        <h3>{title}</h3>
        {onRestore && <button type="button" className="al-button" onClick={onRestore}>{t('history.restoreCell')}</button>}
      </header>
      {change.kind !== 'ran' && <Rows rows={change.source} />}
      {change.outputs.length > 0 && <><h4>{t('history.outputs')}</h4><Rows rows={change.outputs} /></>}
    </article>
  );
}

/** Rows beyond this many are not drawn. */
const mostRows = 400;

function Rows({ rows }: { rows: readonly Row[] }) {
  return (
    <>
      <div className="nb-rows" role="table">
        {rows.slice(0, mostRows).map(({ before, after }, at) => (
          <div key={at} role="row">
            {[before, after].map((line, side) => <code key={side} role="cell" className={line && line.kind !== 'same' ? `nb-line-${line.kind}` : line ? undefined : 'nb-line-none'}>{line && line.kind !== 'same' && <span className="al-hidden-text">{t(`history.line.${line.kind}`)} </span>}{line?.text ?? ''}</code>)}
          </div>
        ))}
      </div>
      {rows.length > mostRows && <p className="nb-hint">{t('history.moreLines', { count: rows.length - mostRows })}</p>}
    </>
  );
}
