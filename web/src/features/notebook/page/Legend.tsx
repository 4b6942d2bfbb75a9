// What may follow Ctrl+M, shown to those who wait a moment.
import { afterPrefix } from '../../../core/notebook-keys';
import { t } from '../../../ui/i18n';
import { useStore } from '../../../ui/use-store';
import type { Page } from '../store';
import { keyWords, titleOf } from './words';

export function Legend({ page }: { page: Page }) {
  const { legend } = useStore(page.store);
  if (!legend) return null;
  return (
    <section className="nb-legend" aria-label={t('legend')}>
      <h2>{t('legend')}</h2>
      <dl>{[...afterPrefix()].map(([key, id]) => <div key={key}><dt><kbd>{keyWords(key)}</kbd></dt><dd>{titleOf(id)}</dd></div>)}</dl>
    </section>
  );
}
