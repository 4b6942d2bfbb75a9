// The name of a file in a list: its picture, a link, or the field in which it gets another name.
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { BookOpen, Braces, FileArchive, FileAudio, FileIcon, FileImage, FileText, FileVideo, Folder, Sheet } from 'lucide-react';
import type { FileEntry } from '../../api/files';
import { addressOf } from '../../api/config';
import { notebookAddress } from '../../api/files';
import { findNameFault, kindOf, splitName } from '../../core/file-names';
import { queryOf } from '../../core/home-place';
import { parentOf } from '../../core/listing';
import { marked } from '../../core/search-rank';
import { t } from '../../ui/i18n';

const pictures = { notebook: BookOpen, folder: Folder, image: FileImage, audio: FileAudio, video: FileVideo, text: FileText, table: Sheet, archive: FileArchive, other: FileIcon } as const;

export function FilePicture({ entry, size = 20 }: { entry: { readonly name: string; readonly type: string; readonly mimetype?: string | null }; size?: number }) {
  const kind = kindOf(entry);
  const Picture = kind === 'text' && /\.(json|py|[jt]s)$/i.test(entry.name) ? Braces : pictures[kind];
  return <Picture size={size} aria-hidden className={`file-picture file-${kind}`} />;
}

export function addressOfEntry(entry: FileEntry): string {
  if (entry.type === 'notebook') return notebookAddress(entry.path);
  const place = entry.type === 'directory' ? { path: entry.path, file: null } : { path: parentOf(entry.path), file: entry.path };
  return addressOf('') + queryOf({ kind: 'folder', ...place });
}

interface FileNameProps {
  readonly entry: FileEntry;
  readonly renaming: boolean;
  readonly running: 'busy' | 'idle' | null;
  readonly query: string;
  /** Shows the folder beside the name. */
  readonly where: boolean;
  readonly others: () => ReadonlySet<string>;
  readonly onOpen: () => void;
  readonly onRename: (name: string) => void;
  readonly onLeave: () => void;
}

export function FileName(props: FileNameProps) {
  const { entry, running, query } = props;
  if (props.renaming) return <><FilePicture entry={entry} /><Rename {...props} /></>;
  return (
    <>
      <FilePicture entry={entry} />
      <a className="file-name" href={addressOfEntry(entry)} tabIndex={-1} draggable={false} onClick={event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        props.onOpen();
      }}>
        {marked(entry.name, query).map((piece, index) => (piece.found ? <mark key={index}>{piece.text}</mark> : <span key={index}>{piece.text}</span>))}
      </a>
      {props.where && parentOf(entry.path) && <span className="file-where">{parentOf(entry.path)}</span>}
      {running && <span className={`file-running file-running-${running}`}><i aria-hidden />{t(running === 'busy' ? 'files.computing' : 'files.running')}</span>}
    </>
  );
}

function Rename({ entry, others, onRename, onLeave }: FileNameProps) {
  const [name, setName] = useState(entry.name);
  const input = useRef<HTMLInputElement>(null);
  const left = useRef(false);
  useEffect(() => {
    input.current?.focus();
    input.current?.setSelectionRange(0, entry.type === 'directory' ? entry.name.length : splitName(entry.name).stem.length);
  }, [entry.name, entry.type]);
  const fault = name === entry.name ? null : findNameFault(name, others());
  const leave = (how: 'take' | 'drop') => {
    if (left.current) return;
    if (how === 'take' && fault) return input.current?.focus();
    left.current = true;
    if (how === 'take') onRename(name.trim());
    else onLeave();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Enter') leave('take');
    if (event.key === 'Escape') leave('drop');
  };
  return (
    <span className="file-rename">
      <input ref={input} className="al-input" value={name} aria-label={t('files.newName', { name: entry.name })} aria-invalid={fault ? true : undefined} aria-describedby={fault ? 'rename-fault' : undefined} spellCheck={false}
        onChange={event => setName(event.target.value)} onKeyDown={onKeyDown} onBlur={() => leave(fault ? 'drop' : 'take')} />
      {fault && <span id="rename-fault" role="alert" className="file-rename-fault">{t(`name.${fault}`)}</span>}
    </span>
  );
}
