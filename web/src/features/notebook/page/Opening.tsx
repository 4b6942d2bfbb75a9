// Before the notebook is there: its shape, then words; and when it cannot be shown, why, and what to do.
import { type ReactNode, useEffect, useState } from 'react';
import { FileWarning } from 'lucide-react';
import { addressOf } from '../../../api/config';
import { downloadFrom, drive } from '../../../api/files';
import { nameOf } from '../../../core/listing';
import { type OpenFault, type Remedy, remediesOf } from '../../../core/notebook-address';
import { bytes, t } from '../../../ui/i18n';
import type { Page } from '../store';
import { homeAddress } from './TitleBar';

function useLateness(): 'soon' | 'late' | 'long' {
  const [lateness, setLateness] = useState<'soon' | 'late' | 'long'>('soon');
  useEffect(() => {
    const late = setTimeout(() => setLateness('late'), 2000);
    const long = setTimeout(() => setLateness('long'), 10_000);
    return () => {
      clearTimeout(late);
      clearTimeout(long);
    };
  }, []);
  return lateness;
}

export function Skeleton() {
  const lateness = useLateness();
  return (
    <div className="nb-skeleton" role="status" aria-label={t('opening')}>
      {[2, 4, 1].map(lines => <div key={lines} className="nb-skeleton-cell"><i /><span>{Array.from({ length: lines }, (_, at) => <b key={at} style={{ width: `${70 - ((at * 17) % 40)}%` }} />)}</span></div>)}
      {lateness !== 'soon' && <p>{t(lateness === 'late' ? 'opening.late' : 'opening.long')}</p>}
      {lateness === 'long' && <p><button type="button" className="al-button" onClick={() => location.reload()}>{t('tryAgain')}</button></p>}
    </div>
  );
}

function explanation(fault: OpenFault): ReactNode {
  switch (fault.kind) {
    case 'json': return t('fault.json.text', { line: fault.place.line, column: fault.place.column });
    case 'newer': case 'older': return t(`fault.${fault.kind}.text`, { version: fault.nbformat });
    case 'too-large': return fault.bytes === null ? t('fault.too-large.text') : t('fault.too-large.size', { size: bytes(fault.bytes) });
    case 'forbidden': case 'server': case 'page': return fault.message;
    default: return t(`fault.${fault.kind}.text`);
  }
}

export function OpenFailure({ page, path, fault, onStartFresh }: { page: Page; path: string; fault: OpenFault; onStartFresh: () => void }) {
  useEffect(() => {
    document.getElementById('nb-failure')?.focus();
  }, []);
  const deeds: Record<Remedy, () => void> = {
    'try-again': () => location.reload(),
    'sign-in': () => location.assign(`${addressOf('login')}?next=${encodeURIComponent(location.pathname + location.search)}`),
    'download': () => downloadFrom(drive.downloadAddress(path), nameOf(path)),
    'open-as-text': () => location.assign(addressOf(`?file=${encodeURIComponent(path)}`)),
    'start-fresh': onStartFresh,
    'files': () => location.assign(homeAddress(page.state)),
    'ask-access': () => page.show({ kind: 'ask-access' }),
    'trash': () => location.assign(addressOf('?view=trash')),
  };
  return (
    <section className="nb-failure" id="nb-failure" tabIndex={-1} aria-labelledby="nb-failure-title">
      <FileWarning size={40} aria-hidden />
      <h2 id="nb-failure-title">{t(`fault.${fault.kind}`, { name: nameOf(path) })}</h2>
      <p>{explanation(fault)}</p>
      <div className="nb-failure-actions">{remediesOf(fault).map((remedy, at) => <button key={remedy} type="button" className={at === 0 ? 'al-button al-button-primary' : 'al-button'} onClick={deeds[remedy]}>{t(`remedy.${remedy}`)}</button>)}</div>
    </section>
  );
}
