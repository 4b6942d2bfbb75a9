// The notebooks somebody worked in last, above everything else.
import { BookOpen } from 'lucide-react';
import { type FileEntry, notebookAddress } from '../../api/files';
import { dateWords } from '../../core/date-words';
import { parentOf } from '../../core/listing';
import { locale, t } from '../../ui/i18n';
import { useStore } from '../../ui/use-store';
import type { Home } from './home';

const shown = 6;

export function Recent({ home, notebooks }: { home: Home; notebooks: readonly FileEntry[] }) {
  const { running } = useStore(home.store);
  const now = new Date();
  return (
    <section className="recent" aria-label={t('place.recent')}>
      <h2>{t('recent.title')}</h2>
      <ul>
        {notebooks.slice(0, shown).map(notebook => (
          <li key={notebook.path}>
            <a href={notebookAddress(notebook.path)} title={notebook.path}>
              <BookOpen size={20} aria-hidden className="file-picture file-notebook" />
              <span className="recent-name">{notebook.name.replace(/\.ipynb$/i, '')}</span>
              <span className="recent-more">{parentOf(notebook.path) ? `${parentOf(notebook.path)} · ` : ''}{dateWords(new Date(notebook.last_modified), now, locale())}</span>
              {running.has(notebook.path) && <span className={`file-running file-running-${running.get(notebook.path)}`}><i aria-hidden />{t(running.get(notebook.path) === 'busy' ? 'files.computing' : 'files.running')}</span>}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
