import { useState } from 'react';
import { ChevronDown, Play, Plus, Search } from 'lucide-react';
import { isEnabled } from '../../../core/notebook-commands';
import { t } from '../../../ui/i18n';
import { Menu, type MenuPlace } from '../../../ui/menu';
import { useStore } from '../../../ui/use-store';
import type { Page } from '../store';
import { ConnectButton } from './ConnectButton';
import { menuItem, titleWithKeys } from './words';

export function Toolbar({ page }: { page: Page }) {
  const { opening, commands } = useStore(page.store);
  const [place, setPlace] = useState<MenuPlace | null>(null);
  if (opening.kind === 'failed') return null;
  const off = opening.kind !== 'open';
  return (
    <div className="nb-toolbar" role="toolbar" aria-label={t('toolbar')}>
      <button type="button" className="nb-tool nb-tool-palette" disabled={off} title={titleWithKeys('palette')} onClick={() => page.run('palette')}><Search size={16} aria-hidden /><span>{t('toolbar.commands')}</span></button>
      <i className="nb-tool-line" aria-hidden />
      <button type="button" className="nb-tool" disabled={off} title={titleWithKeys('insert-code')} onClick={() => page.run('insert-code')}><Plus size={16} aria-hidden /><span>{t('cell.code')}</span></button>
      <button type="button" className="nb-tool" disabled={off} title={titleWithKeys('insert-text')} onClick={() => page.run('insert-text')}><Plus size={16} aria-hidden /><span>{t('cell.text')}</span></button>
      <i className="nb-tool-line" aria-hidden />
      <span className="nb-tool-pair">
        <button type="button" className="nb-tool" disabled={off || !isEnabled(commands['run-all'])} title={titleWithKeys('run-all')} onClick={() => page.run('run-all')}><Play size={16} aria-hidden /><span>{t('command.run-all')}</span></button>
        <button type="button" className="nb-tool nb-tool-more" disabled={off} aria-haspopup="menu" aria-label={t('toolbar.moreRuns')} onClick={event => setPlace({ under: event.currentTarget })}><ChevronDown size={16} aria-hidden /></button>
      </span>
      {place && <Menu label={t('toolbar.moreRuns')} place={place} onClose={() => setPlace(null)} items={[...(['run-before', 'run-selected', 'run-after'] as const).map(id => menuItem(page, id, commands)), { kind: 'line' }, ...(['interrupt', 'restart', 'restart-run-all'] as const).map(id => menuItem(page, id, commands))]} />}
      <span className="nb-tool-gap" />
      <ConnectButton page={page} />
    </div>
  );
}
