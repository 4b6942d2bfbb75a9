// A text file of the drive, to read and change: kept by itself a moment after the last word, and never over what somebody else wrote.
import { useEffect, useRef, useState } from 'react';
import { CloudCheck, CloudUpload, Download, LoaderCircle, TriangleAlert } from 'lucide-react';
import { ApiError } from '../../api/client';
import { addressOf } from '../../api/config';
import { drive, readTextToEdit, writeTextOver } from '../../api/files';
import { nameOf, parentOf } from '../../core/listing';
import { TextSaver, type TextState } from '../../core/text-saving';
import { t } from '../../ui/i18n';
import { Logo } from '../../ui/logo';
import { failureWords } from '../failure';
import { TextEditor } from './text-editor';
import './edit.css';

/** Milliseconds after the last word. */
const pause = 1500;

type Opening = { readonly kind: 'loading' } | { readonly kind: 'failed'; readonly message: string } | { readonly kind: 'open' };

export function EditPage({ path }: { path: string }) {
  const name = nameOf(path);
  const place = useRef<HTMLDivElement>(null);
  const saver = useRef<TextSaver | null>(null);
  const editor = useRef<TextEditor | null>(null);
  const [opening, setOpening] = useState<Opening>({ kind: 'loading' });
  const [state, setState] = useState<TextState>({ kind: 'saved' });
  useEffect(() => {
    document.title = `${name} – Allmende`;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = async () => {
      const file = await readTextToEdit(path, stop.signal);
      if (stop.signal.aborted || !place.current) return;
      const shown = new TextEditor(place.current, { text: file.text, name, label: t('edit.content', { name }), readOnly: !file.writable, onEdit: () => {
        saver.current?.edited();
        clearTimeout(timer);
        timer = setTimeout(() => void saver.current?.save(), pause);
      }, onSave: () => void saver.current?.save() });
      editor.current = shown;
      saver.current = new TextSaver({
        text: () => shown.text, write: (text, over) => writeTextOver(path, text, over), words: failureWords, changed: setState,
        isConflict: error => error instanceof ApiError && (error.status === 412 || error.status === 404),
      }, shown.text, file.hash);
      setOpening({ kind: 'open' });
      shown.focus();
    };
    open().catch((error: unknown) => stop.signal.aborted || setOpening({ kind: 'failed', message: failureWords(error) }));
    const leaving = (event: BeforeUnloadEvent) => saver.current?.mayLose && event.preventDefault();
    const hidden = () => document.visibilityState === 'hidden' && void saver.current?.save();
    addEventListener('beforeunload', leaving);
    document.addEventListener('visibilitychange', hidden);
    return () => {
      stop.abort();
      clearTimeout(timer);
      removeEventListener('beforeunload', leaving);
      document.removeEventListener('visibilitychange', hidden);
      editor.current?.close();
    };
  }, [path, name]);
  const settle = async (mine: boolean) => {
    editor.current?.focus();
    try {
      // Gone by now: what the person wrote begins it anew, and there is nothing of others to take.
      const there = await readTextToEdit(path).catch((error: unknown) => {
        if (mine && error instanceof ApiError && error.status === 404) return drive.putText(path, '').then(() => readTextToEdit(path));
        throw error;
      });
      if (!mine) editor.current?.replace(there.text);
      await saver.current?.settle(mine ? there : { ...there, text: editor.current?.text ?? there.text }, mine);
    } catch (error) {
      setState({ kind: 'failed', message: failureWords(error) });
    }
  };
  const folder = parentOf(path);
  return (
    <div className="edit">
      <header className="edit-header">
        <a href={addressOf(folder ? `?folder=${encodeURIComponent(folder)}` : '')} title={t('home')} aria-label={t('home')}><Logo size={30} /></a>
        <h1>{name}</h1>
        {opening.kind === 'open' && <State state={state} onSave={() => void saver.current?.save()} />}
        <a className="al-button" href={drive.downloadAddress(path)} download={name} aria-label={t('menu.download')}><Download size={16} aria-hidden /><span>{t('menu.download')}</span></a>
      </header>
      {state.kind === 'conflict' && <div className="edit-conflict" role="alert">
        <p>{t('edit.conflict')}</p>
        <button type="button" className="al-button" onClick={() => void settle(false)}>{t('edit.theirs')}</button>
        <button type="button" className="al-button al-button-primary" onClick={() => void settle(true)}>{t('edit.mine')}</button>
      </div>}
      <main className="edit-main">
        {opening.kind === 'loading' && <p role="status" className="edit-message">{t('loading')}</p>}
        {opening.kind === 'failed' && <p role="alert" className="edit-message al-fault">{opening.message}</p>}
        <div ref={place} className="edit-place" />
      </main>
    </div>
  );
}

function State({ state, onSave }: { state: TextState; onSave: () => void }) {
  const Picture = { saved: CloudCheck, unsaved: CloudUpload, saving: LoaderCircle, failed: TriangleAlert, conflict: TriangleAlert }[state.kind];
  const words = state.kind === 'failed' ? t('edit.failed', { message: state.message }) : t(`edit.${state.kind === 'conflict' ? 'unsaved' : state.kind}`);
  return (
    <span className={`edit-state edit-is-${state.kind}`} role="status">
      <Picture size={16} aria-hidden /><span>{words}</span>
      {state.kind === 'failed' && <button type="button" className="al-button" onClick={onSave}>{t('tryAgain')}</button>}
    </span>
  );
}
