import { CircleAlert, Info, X } from 'lucide-react';
import { duration, t } from '../../../ui/i18n';
import { useStore } from '../../../ui/use-store';
import type { Banner, Page } from '../store';
import { useNow } from './ConnectButton';

/** Bars between toolbar and notebook: what holds for the whole page until somebody acts. */
export function Banners({ page }: { page: Page }) {
  const { banners } = useStore(page.store);
  return <div className="nb-banners">{banners.map(banner => <Bar key={banner.id} banner={banner} onClose={() => page.lower(banner.id)} />)}</div>;
}

function Bar({ banner, onClose }: { banner: Banner; onClose: () => void }) {
  const now = useNow(banner.until !== undefined);
  const text = banner.until === undefined ? banner.text : banner.text.replace('{{left}}', duration(Math.max(0, (banner.until - now) / 1000)));
  return (
    <section className={`nb-banner nb-banner-${banner.tone}`} aria-label={t('message')}>
      {banner.tone === 'plain' ? <Info size={18} aria-hidden /> : <CircleAlert size={18} aria-hidden />}
      <p>{text}</p>
      {banner.actions.map(action => <button key={action.label} type="button" className="al-button" onClick={action.run}>{action.label}</button>)}
      {banner.canClose && <button type="button" className="al-icon-button" aria-label={t('close')} onClick={onClose}><X size={16} aria-hidden /></button>}
    </section>
  );
}
