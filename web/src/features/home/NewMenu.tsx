import { useState } from 'react';
import { BookPlus, FilePlus, FolderPlus, FolderUp, Plus, Upload } from 'lucide-react';
import { t } from '../../ui/i18n';
import { Menu, type MenuPlace } from '../../ui/menu';
import type { Home } from './home';
import { pickFiles } from './pick-files';
import type { Uploads } from './uploads';

export function NewMenu({ home, uploads }: { home: Home; uploads: Uploads }) {
  const [place, setPlace] = useState<MenuPlace | null>(null);
  const upload = (folders: boolean) => pickFiles({ folders }, files => void uploads.add(files, home.folder));
  return (
    <>
      <button type="button" className="new-button" aria-haspopup="menu" aria-expanded={place !== null} onClick={event => setPlace({ under: event.currentTarget })}><Plus size={20} aria-hidden /><span>{t('new')}</span></button>
      {place && <Menu label={t('new')} place={place} onClose={() => setPlace(null)} items={[
        { kind: 'action', label: t('new.notebook'), icon: <BookPlus size={16} aria-hidden />, run: () => void home.makeNotebook() },
        { kind: 'action', label: t('new.text'), icon: <FilePlus size={16} aria-hidden />, run: () => void home.makeText() },
        { kind: 'action', label: t('new.folder'), icon: <FolderPlus size={16} aria-hidden />, run: () => void home.makeFolder() },
        { kind: 'line' },
        { kind: 'action', label: t('new.upload'), icon: <Upload size={16} aria-hidden />, run: () => upload(false) },
        { kind: 'action', label: t('new.uploadFolder'), icon: <FolderUp size={16} aria-hidden />, run: () => upload(true) },
      ]} />}
    </>
  );
}
