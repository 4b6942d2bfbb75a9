// The table of contents: the headings of the text cells, folded as their sections are.
import { ChevronDown, ChevronRight } from 'lucide-react';
import { type Heading, unfolded } from '../../../core/outline';
import { t } from '../../../ui/i18n';
import { useStore } from '../../../ui/use-store';
import type { Page } from '../store';

const idOf = (heading: Heading) => `${heading.cell} ${heading.nth}`;

export function Contents({ page }: { page: Page }) {
  const { headings, folded, activeCell } = useStore(page.store);
  if (headings.length === 0) {
    return (
      <div className="nb-panel-empty">
        <p>{t('contents.empty')}</p>
        <button type="button" className="al-button" onClick={() => page.run('insert-text')}>{t('contents.add')}</button>
      </div>
    );
  }
  const least = Math.min(...headings.map(each => each.level));
  const hasBelow = (at: number) => (headings[at + 1]?.level ?? 0) > (headings[at]?.level ?? 0);
  return (
    <ol className="nb-contents">
      {unfolded(headings, each => folded.has(each.cell)).map(heading => {
        const isFolded = folded.has(heading.cell);
        const folds = heading.nth === 0 && (isFolded || hasBelow(headings.indexOf(heading)));
        return (
          <li key={idOf(heading)} style={{ paddingInlineStart: (heading.level - least) * 16 }}>
            {folds ? <button type="button" className="nb-fold" aria-expanded={!isFolded} aria-label={t('contents.fold', { heading: heading.text })} onClick={() => page.deeds?.toggleFold(heading)}>{isFolded ? <ChevronRight size={16} aria-hidden /> : <ChevronDown size={16} aria-hidden />}</button> : <span className="nb-fold" />}
            <button type="button" className="nb-heading" aria-current={heading.cell === activeCell ? 'location' : undefined} onClick={() => page.deeds?.showHeading(heading)}>{heading.text}</button>
          </li>
        );
      })}
    </ol>
  );
}
