// Web apps that run in the runtime: what listens there, opening it in a tab, and whom it is shown to.
import { type FormEvent, useCallback, useEffect, useId, useState } from 'react';
import { ExternalLink, Link, X } from 'lucide-react';
import { addressOfPreview, endPreview, hidePreview, linkOfPreview, listPorts, listPreviews, openPreview, showPreview } from '../../../api/previews';
import { ApiError } from '../../../api/client';
import type { ListeningPort, Preview } from '../../../api/schema';
import { isPort } from '../../../core/web-app';
import { t } from '../../../ui/i18n';
import { Modal } from '../../../ui/modal';
import { openInTab } from '../../../ui/open-in-tab';
import { useStore } from '../../../ui/use-store';
import { failureWords } from '../../failure';
import type { Page } from '../store';

const betweenLooks = 3_000;

interface Known {
  readonly ports: readonly ListeningPort[];
  readonly previews: readonly Preview[];
}

export function WebApps({ page, onClose }: { page: Page; onClose: () => void }) {
  const { runtime, account } = useStore(page.store);
  const running = runtime?.state === 'ready' ? runtime.id : null;
  const [known, setKnown] = useState<Known | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const look = useCallback(async () => {
    if (!running) return;
    const [ports, previews] = await Promise.all([listPorts(running), listPreviews()]);
    setKnown({ ports, previews });
  }, [running]);
  useEffect(() => {
    const again = () => void look().catch((error: unknown) => setFault(failureWords(error)));
    again();
    const timer = setInterval(again, betweenLooks);
    return () => clearInterval(timer);
  }, [look]);
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      setFault(null);
      await look();
      return true;
    } catch (error) {
      setFault(error instanceof ApiError && error.status === 404 ? error.message : failureWords(error));
      return false;
    }
  };
  const show = (port: number) => attempt(() => openInTab(async () => linkOfPreview((await openPreview(running ?? '', port)).id, '/')));
  const copy = async (port: number) => {
    const address = addressOfPreview((await openPreview(running ?? '', port)).id);
    await navigator.clipboard.writeText(address).then(() => setSaid(t('webApps.copied')), () => setSaid(t('cell.linkNotCopied', { address })));
  };
  const own = known?.previews.filter(one => one.owner.id === account?.id && one.runtime === running) ?? [];
  const others = known?.previews.filter(one => one.owner.id !== account?.id) ?? [];
  const listed = [...new Set([...(known?.ports.map(({ port }) => port) ?? []), ...own.map(({ port }) => port)])].sort((a, b) => a - b);
  return (
    <Modal title={t('webApps.title')} onClose={onClose} actions={<button type="button" className="al-button al-button-primary" onClick={onClose}>{t('share.done')}</button>}>
      <div className="nb-web-apps">
        <p>{t('webApps.text')}</p>
        {!running && <p>{t('packages.noRuntime')}</p>}
        {running && !known && !fault && <p role="status">{t('packages.looking')}</p>}
        {known && listed.length === 0 && <p>{t('webApps.none')}</p>}
        {known && listed.length > 0 && <ul>{listed.map(port => (
          <Row key={port} port={port} program={known.ports.find(one => one.port === port)?.program ?? null} preview={own.find(one => one.port === port) ?? null}
            onOpen={() => void show(port)} onCopy={() => void attempt(() => copy(port))} onEnd={id => void attempt(() => endPreview(id))}
            onShow={(id, who) => attempt(() => showPreview(id, who))} onHide={(id, who) => void attempt(() => hidePreview(id, who))} />
        ))}</ul>}
        {running && <OtherPort onOpen={show} />}
        {others.length > 0 && <section><h3>{t('webApps.others')}</h3><ul>{others.map(one => (
          <li key={one.id}><span className="nb-web-app-name"><strong>{t('webApps.ofPerson', { port: one.port, name: one.owner.display_name || one.owner.name })}</strong></span>
            <button type="button" className="al-button" onClick={() => void attempt(() => openInTab(() => linkOfPreview(one.id, '/')))}><ExternalLink size={16} aria-hidden />{t('webApps.open')}</button></li>
        ))}</ul></section>}
        <p role="status" className="nb-hint">{said}</p>
        {fault && <p className="nb-danger" role="alert">{fault}</p>}
      </div>
    </Modal>
  );
}

interface RowProps {
  readonly port: number;
  /** Null when nothing listens there. */
  readonly program: string | null;
  readonly preview: Preview | null;
  readonly onOpen: () => void;
  readonly onCopy: () => void;
  readonly onEnd: (id: string) => void;
  readonly onShow: (id: string, account: string) => Promise<boolean>;
  readonly onHide: (id: string, account: string) => void;
}

function Row({ port, program, preview, onOpen, onCopy, onEnd, onShow, onHide }: RowProps) {
  return (
    <li>
      <span className="nb-web-app-name"><strong>{t('webApps.port', { port })}</strong><span title={program ?? ''}>{program === null ? t('webApps.silent') : program}</span></span>
      <button type="button" className="al-button al-button-primary" onClick={onOpen}><ExternalLink size={16} aria-hidden />{t('webApps.open')}</button>
      {preview && <div className="nb-web-app-more">
        {preview.viewers.map(viewer => (
          <span key={viewer.id} className="nb-web-app-viewer">{viewer.display_name || viewer.name}
            <button type="button" className="al-icon-button" title={t('webApps.hide', { name: viewer.name })} aria-label={t('webApps.hide', { name: viewer.name })} onClick={() => onHide(preview.id, viewer.name)}><X size={14} aria-hidden /></button></span>
        ))}
        <Viewer onAdd={who => onShow(preview.id, who)} />
        <button type="button" className="al-button" onClick={onCopy}><Link size={16} aria-hidden />{t('share.copyLink')}</button>
        <button type="button" className="al-button" onClick={() => onEnd(preview.id)}>{t('webApps.end')}</button>
      </div>}
    </li>
  );
}

function Viewer({ onAdd }: { onAdd: (who: string) => Promise<boolean> }) {
  const [who, setWho] = useState('');
  const id = useId();
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (who.trim() && await onAdd(who.trim())) setWho('');
  };
  return (
    <form onSubmit={event => void add(event)}>
      <label className="al-hidden-text" htmlFor={id}>{t('webApps.who')}</label>
      <input id={id} className="al-input" value={who} placeholder={t('webApps.who')} autoComplete="off" spellCheck={false} onChange={event => setWho(event.target.value)} />
      <button type="submit" className="al-button" disabled={!who.trim()}>{t('webApps.show')}</button>
    </form>
  );
}

function OtherPort({ onOpen }: { onOpen: (port: number) => Promise<boolean> }) {
  const [port, setPort] = useState('');
  const id = useId();
  const go = async (event: FormEvent) => {
    event.preventDefault();
    if (isPort(Number(port)) && await onOpen(Number(port))) setPort('');
  };
  return (
    <form className="nb-web-app-other" onSubmit={event => void go(event)}>
      <label htmlFor={id}>{t('webApps.other')}</label>
      <input id={id} className="al-input" inputMode="numeric" value={port} placeholder="8000" autoComplete="off" onChange={event => setPort(event.target.value)} />
      <button type="submit" className="al-button" disabled={!isPort(Number(port))}>{t('webApps.open')}</button>
    </form>
  );
}
