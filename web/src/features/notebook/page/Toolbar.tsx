import { useState } from 'react';
import { ChevronDown, CopyPlus, Play, Plus, Search } from 'lucide-react';
import { addressOf } from '../../../api/config';
import { isEnabled } from '../../../core/notebook-commands';
import { t } from '../../../ui/i18n';
import { Menu, type MenuPlace } from '../../../ui/menu';
import { narrow, useMedia } from '../../../ui/use-media';
import { useStore } from '../../../ui/use-store';
import type { Page } from '../store';
import { ConnectButton } from './ConnectButton';
import { menuItem, titleWithKeys } from './words';

export function Toolbar({ page }: { page: Page }) {
  const { opening } = useStore(page.store);
  if (opening.kind === 'failed') return null;
  const off = opening.kind !== 'open';
  return (
    <div className="nb-toolbar" role="toolbar" aria-label={t('toolbar')}>
      <button type="button" className="nb-tool nb-tool-palette" disabled={off} title={titleWithKeys('palette')} onClick={() => page.run('palette')}><Search size={16} aria-hidden /><span>{t('toolbar.commands')}</span></button>
      {page.mayEdit ? <ForEditors page={page} /> : <><span className="nb-tool-gap" /><CopyButton page={page} /></>}
    </div>
  );
}

function ForEditors({ page }: { page: Page }) {
  const { opening, commands } = useStore(page.store);
  const [place, setPlace] = useState<MenuPlace | null>(null);
  const isNarrow = useMedia(narrow);
  const off = opening.kind !== 'open';
  return (
    <>
      <i className="nb-tool-line" aria-hidden />
      <button type="button" className="nb-tool" disabled={off} title={titleWithKeys('insert-code')} onClick={() => page.run('insert-code')}><Plus size={16} aria-hidden /><span>{t('cell.code')}</span></button>
      <button type="button" className="nb-tool" disabled={off} title={titleWithKeys('insert-text')} onClick={() => page.run('insert-text')}><Plus size={16} aria-hidden /><span>{t('cell.text')}</span></button>
      <i className="nb-tool-line" aria-hidden />
      <span className="nb-tool-pair">
        <button type="button" className="nb-tool" disabled={off || !isEnabled(commands['run-all'])} title={titleWithKeys('run-all')} aria-label={t('command.run-all')} onClick={() => page.run('run-all')}><Play size={16} aria-hidden /><span>{t(isNarrow ? 'toolbar.all' : 'command.run-all')}</span></button>
        <button type="button" className="nb-tool nb-tool-more" disabled={off} aria-haspopup="menu" aria-label={t('toolbar.moreRuns')} onClick={event => setPlace({ under: event.currentTarget })}><ChevronDown size={16} aria-hidden /></button>
      </span>
      {place && <Menu label={t('toolbar.moreRuns')} place={place} onClose={() => setPlace(null)} items={[...(['run-before', 'run-selected', 'run-after'] as const).map(id => menuItem(page, id, commands)), { kind: 'line' }, ...(['interrupt', 'restart', 'restart-run-all'] as const).map(id => menuItem(page, id, commands))]} />}
      <span className="nb-tool-gap" />
      <ConnectButton page={page} />
    </>
  );
}

/** What who only reads does next. */
function CopyButton({ page }: { page: Page }) {
  const { account, opening } = useStore(page.store);
  const off = opening.kind !== 'open';
  if (!account) return <a className="al-button" href={`${addressOf('login')}?next=${encodeURIComponent(location.pathname + location.search)}`}>{t('role.signInToCopy')}</a>;
  return <button type="button" className="al-button" disabled={off} onClick={() => page.run('duplicate')}><CopyPlus size={16} aria-hidden />{t('role.copy')}</button>;
}
