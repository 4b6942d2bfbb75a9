// The notebook page. React draws what is around the notebook; inside .nb-host everything is Lumino's.
import { useEffect, useLayoutEffect, useRef } from 'react';
import { isAtLeast } from '../../../core/role';
import { isAtRisk } from '../../../core/saving';
import { t } from '../../../ui/i18n';
import { Notices } from '../../../ui/notices';
import { useStore } from '../../../ui/use-store';
import type { Page } from '../store';
import { Banners } from './Banners';
import { Dialogs } from './Dialogs';
import { Legend } from './Legend';
import { OpenFailure, Skeleton } from './Opening';
import { Rail, SidePanel } from './Rail';
import { StatusBar } from './StatusBar';
import { TitleBar } from './TitleBar';
import { Toolbar } from './Toolbar';
import './notebook.css';

interface Props {
  readonly page: Page;
  /** Called once with the element the notebook goes into. */
  readonly onHost: (host: HTMLElement) => void;
  readonly onStartFresh: () => void;
}

export function NotebookPage({ page, onHost, onStartFresh }: Props) {
  const { path, name, role, opening, notices, said, saving, progress, panel } = useStore(page.store);
  const host = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (host.current && !host.current.dataset['taken']) {
      host.current.dataset['taken'] = 'true';
      onHost(host.current);
    }
  }, [onHost]);
  useEffect(() => {
    document.title = `${progress ? `(${progress.done}/${progress.all}) ` : ''}${saving.kind === 'failed' ? '● ' : ''}${name.replace(/\.ipynb$/, '')} – Allmende`;
  }, [name, progress, saving.kind]);
  const risky = isAtRisk(saving) && opening.kind === 'open';
  useEffect(() => {
    if (!risky) return;
    const hold = (event: BeforeUnloadEvent) => {
      if (page.deeds?.mayLose()) event.preventDefault();
    };
    addEventListener('beforeunload', hold);
    return () => removeEventListener('beforeunload', hold);
  }, [page, risky]);
  return (
    <div className={isAtLeast(role, 'editor') ? 'nb' : 'nb nb-reads'} data-panel={panel ?? undefined}>
      <a className="nb-skip" href="#notebook" onClick={event => {
        event.preventDefault();
        page.deeds?.focusNotebook();
      }}>{t('skip.notebook')}</a>
      <header className="nb-header">
        <TitleBar page={page} />
        <Toolbar page={page} />
      </header>
      <Banners page={page} />
      {opening.kind !== 'failed' && <Rail page={page} />}
      {opening.kind === 'open' && <SidePanel page={page} />}
      <main className="nb-main" id="notebook" tabIndex={-1} aria-label={name}>
        {opening.kind === 'loading' && <Skeleton />}
        {opening.kind === 'failed' && <OpenFailure page={page} path={path} fault={opening.fault} onStartFresh={onStartFresh} />}
        <div className="nb-host" id="nb-host" ref={host} />
      </main>
      {opening.kind === 'open' && <StatusBar page={page} />}
      <Legend page={page} />
      <Dialogs page={page} />
      <Notices notices={notices} onDrop={id => page.drop(id)} />
      <p className="al-hidden-text" role="status" aria-live="polite">{said}</p>
    </div>
  );
}
