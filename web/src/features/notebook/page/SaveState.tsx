// Beside the title: whether the server has what is on the page, and if not, what is done about it.
import { CloudAlert, CloudCheck, CloudUpload, Eye } from 'lucide-react';
import { t, time } from '../../../ui/i18n';
import { useStore } from '../../../ui/use-store';
import type { Page } from '../store';

export function SaveState({ page }: { page: Page }) {
  const { saving, savedAt, opening } = useStore(page.store);
  if (opening.kind !== 'open') return null;
  if (!page.mayEdit) return <span className="nb-save" title={t('role.readOnly.text')}><Eye size={16} aria-hidden /><span>{t('role.readOnly')}</span></span>;
  switch (saving.kind) {
    case 'saved': return <span className="nb-save" title={savedAt ? t('save.at', { time: time(new Date(savedAt)) }) : undefined}><CloudCheck size={16} aria-hidden /><span>{t('save.saved')}</span></span>;
    case 'saving': return <span className="nb-save"><CloudUpload size={16} aria-hidden /><span>{t('save.saving')}</span></span>;
    case 'failed': return <button type="button" className="nb-save nb-save-bad" title={saving.message} onClick={() => page.run('save')}><CloudAlert size={16} aria-hidden /><span>{t(saving.keptAt ? 'save.keptHere' : 'save.failed')}</span></button>;
  }
}
