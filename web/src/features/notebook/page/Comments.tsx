// What people say of the cells, in threads, beside the notebook.
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Check, EllipsisVertical, Link, MessageSquarePlus, Pencil, RotateCcw, Trash2, X } from 'lucide-react';
import { addComment, changeComment, removeComment } from '../../../api/comments';
import { sharedAddress } from '../../../api/sharing';
import { type Comment, piecesOf, type Thread, threadsOf } from '../../../core/comments';
import { colourOf, initials } from '../../../core/presence';
import { dateTime, t } from '../../../ui/i18n';
import { Menu, type MenuPlace } from '../../../ui/menu';
import { useStore } from '../../../ui/use-store';
import { failureWords } from '../../failure';
import type { Page } from '../store';
import './comments.css';

const nameOf = ({ author }: Comment) => author.display_name || author.name;

export function Comments({ page }: { page: Page }) {
  const { comments, cells, commenting } = useStore(page.store);
  const [showsResolved, setShowsResolved] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const document = page.deeds?.document() ?? null;
  if (document === null || comments === null) return <p className="nb-panel-note" role="status">{t('history.loading')}</p>;
  const threads = threadsOf(comments, cells);
  const resolved = threads.filter(({ first }) => first.resolved_at !== undefined).length;
  const shown = threads.filter(({ first }) => showsResolved || first.resolved_at === undefined);
  /** True when it was done; the server tells everybody, this page too. */
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => work().then(() => {
    setFault(null);
    return true;
  }, (error: unknown) => {
    setFault(failureWords(error));
    return false;
  });
  const begin = async (text: string) => {
    if (commenting === null || !(await attempt(() => addComment(document, { text, cell: commenting })))) return false;
    page.store.set({ commenting: null });
    return true;
  };
  const place = commenting === null ? -1 : cells.indexOf(commenting);
  return (
    <div className="nb-comments">
      {page.mayComment && commenting === null && <button type="button" className="al-button" onClick={() => page.run('comment')}><MessageSquarePlus size={16} aria-hidden />{t('command.comment')}</button>}
      {commenting !== null && <section className="nb-thread" aria-label={t('comments.new', { cell: place + 1 })}>
        <h3>{t('comments.new', { cell: place + 1 })}</h3>
        <Composer draft={`${document} ${commenting}`} label={t('comments.text')} action={t('comments.send')} onSend={begin} onCancel={() => {
          page.store.set({ commenting: null });
          page.deeds?.focusNotebook();
        }} />
      </section>}
      {fault && <p className="nb-danger" role="alert">{fault}</p>}
      {shown.length === 0 && commenting === null && <p className="nb-comments-empty">{t(resolved > 0 ? 'comments.allResolved' : page.mayComment ? 'comments.empty' : 'comments.none')}</p>}
      {shown.map(thread => <ThreadCard key={thread.first.id} page={page} document={document} thread={thread} attempt={attempt} />)}
      {resolved > 0 && <label className="nb-comments-more"><input type="checkbox" checked={showsResolved} onChange={event => setShowsResolved(event.target.checked)} />{t('comments.showResolved', { count: resolved })}</label>}
    </div>
  );
}

type Attempt = (work: () => Promise<unknown>) => Promise<boolean>;

function ThreadCard({ page, document, thread: { first, answers, place }, attempt }: { page: Page; document: string; thread: Thread; attempt: Attempt }) {
  const { shownComment } = useStore(page.store);
  const card = useRef<HTMLElement>(null);
  const isShown = shownComment === first.id || answers.some(({ id }) => id === shownComment);
  useEffect(() => {
    if (isShown) card.current?.scrollIntoView({ block: 'nearest' });
  }, [isShown]);
  const isResolved = first.resolved_at !== undefined;
  const resolve = () => void attempt(() => changeComment(document, first.id, { resolved: !isResolved }));
  const where = place === null ? t('comments.cellGone') : t('comments.cell', { cell: place + 1 });
  return (
    <section className="nb-thread" data-shown={isShown || undefined} data-resolved={isResolved || undefined} ref={card} aria-label={t('comments.thread', { name: nameOf(first), where })}>
      <header>
        <button type="button" className="nb-thread-place" disabled={place === null} onClick={() => page.deeds?.showCell(first.cell)}>{where}</button>
        {page.mayComment && <button type="button" className="al-icon-button" title={t(isResolved ? 'comments.reopen' : 'comments.resolve')} aria-label={t(isResolved ? 'comments.reopen' : 'comments.resolve')} onClick={resolve}>{isResolved ? <RotateCcw size={16} aria-hidden /> : <Check size={16} aria-hidden />}</button>}
      </header>
      {[first, ...answers].map(comment => <Said key={comment.id} page={page} document={document} comment={comment} attempt={attempt} />)}
      {page.mayComment && <Composer draft={first.id} label={t('comments.answer')} action={t('comments.send')} onSend={text => attempt(() => addComment(document, { text, thread: first.id }))} small />}
    </section>
  );
}

function Said({ page, document, comment, attempt }: { page: Page; document: string; comment: Comment; attempt: Attempt }) {
  const { account, role } = page.state;
  const [place, setPlace] = useState<MenuPlace | null>(null);
  const [isEdited, setIsEdited] = useState(false);
  const isOwn = comment.author.id === account?.id;
  const copyLink = () => {
    const address = `${new URL(sharedAddress(document), location.origin).href}#comment=${comment.id}`;
    navigator.clipboard.writeText(address).then(() => page.tell({ text: t('share.linkCopied') }), () => page.tell({ text: t('cell.linkNotCopied', { address }), tone: 'danger' }));
  };
  const when = dateTime(new Date(comment.made_at));
  return (
    <article className="nb-said" aria-label={`${nameOf(comment)}, ${when}`}>
      <span className={`nb-person al-person-${colourOf(comment.author.id)}`} aria-hidden>{initials(nameOf(comment))}</span>
      <div>
        <p className="nb-said-who"><strong>{nameOf(comment)}</strong> <time dateTime={comment.made_at}>{when}</time>{comment.edited_at && <span> · {t('comments.edited')}</span>}</p>
        {isEdited ? <Composer label={t('comments.text')} action={t('comments.keep')} text={comment.text} onCancel={() => setIsEdited(false)} onSend={async text => {
          const done = await attempt(() => changeComment(document, comment.id, { text }));
          if (done) setIsEdited(false);
          return done;
        }} /> : <p className="nb-said-text">{piecesOf(comment.text).map((piece, at) => (piece.isMention ? <b key={at}>{piece.text}</b> : piece.text))}</p>}
      </div>
      <button type="button" className="al-icon-button" aria-haspopup="menu" title={t('comments.more')} aria-label={t('comments.more')} onClick={event => setPlace({ under: event.currentTarget })}><EllipsisVertical size={16} aria-hidden /></button>
      {place && <Menu label={t('comments.more')} place={place} onClose={() => setPlace(null)} items={[
        { kind: 'action', label: t('share.copyLink'), icon: <Link size={16} aria-hidden />, run: copyLink },
        ...(isOwn && page.mayComment ? [{ kind: 'action', label: t('comments.edit'), icon: <Pencil size={16} aria-hidden />, run: () => setIsEdited(true) } as const] : []),
        ...((isOwn && page.mayComment) || role === 'owner' ? [{ kind: 'action', label: t(comment.id === comment.thread ? 'comments.deleteThread' : 'comments.delete'), icon: <Trash2 size={16} aria-hidden />, danger: true, run: () => void attempt(() => removeComment(document, comment.id)) } as const] : []),
      ]} />}
    </article>
  );
}

/** What was begun stays in this tab until it is sent or taken back, also when the panel is closed. */
const kept = {
  read: (key: string | undefined) => (key === undefined ? null : sessionStorage.getItem(`allmende.comment ${key}`)),
  write: (key: string | undefined, text: string) => {
    if (key === undefined) return;
    if (text === '') sessionStorage.removeItem(`allmende.comment ${key}`);
    else sessionStorage.setItem(`allmende.comment ${key}`, text);
  },
};

interface ComposerProps {
  /** What a draft is kept by. */
  readonly draft?: string;
  readonly label: string;
  readonly action: string;
  readonly text?: string;
  /** One line until somebody writes in it. */
  readonly small?: boolean;
  /** True when it was taken. */
  readonly onSend: (text: string) => Promise<boolean>;
  readonly onCancel?: () => void;
}

function Composer({ draft, label, action, text: before = '', small = false, onSend, onCancel }: ComposerProps) {
  const [text, setShown] = useState(kept.read(draft) ?? before);
  const setText = (next: string) => {
    setShown(next);
    kept.write(draft, next);
  };
  const cancel = () => {
    setText('');
    onCancel?.();
  };
  const [isSending, setIsSending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!small) field.current?.focus();
  }, [small]);
  const send = async (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() === '' || isSending) return;
    setIsSending(true);
    if (await onSend(text.trim())) setText('');
    setIsSending(false);
  };
  const isFolded = small && text === '';
  return (
    <form className="nb-composer" onSubmit={event => void send(event)}>
      <textarea ref={field} className="al-input" aria-label={label} placeholder={label} rows={isFolded ? 1 : 3} maxLength={5000} value={text} onChange={event => setText(event.target.value)} onKeyDown={event => {
        event.stopPropagation(); // letters are commands in the notebook
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
        if (event.key === 'Escape') cancel();
      }} />
      {!isFolded && <div>
        {(onCancel || text !== '') && <button type="button" className="al-icon-button" aria-label={t('cancel')} title={t('cancel')} onClick={cancel}><X size={16} aria-hidden /></button>}
        <button type="submit" className="al-button al-button-primary" disabled={text.trim() === '' || isSending}>{action}</button>
      </div>}
    </form>
  );
}
