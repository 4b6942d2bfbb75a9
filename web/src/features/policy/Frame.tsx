// The frame of the pages about the rules: the mark, the way home, one column of text.
import type { ReactNode } from 'react';
import { addressOf, config } from '../../api/config';
import { t } from '../../ui/i18n';
import { Logo } from '../../ui/logo';
import './policy.css';

export function Frame({ title, signedIn, wide = false, children }: { title: string; signedIn: boolean; wide?: boolean; children: ReactNode }) {
  document.title = `${title} – Allmende`;
  return (
    <div className="policy">
      <header className="policy-header">
        <a className="policy-brand" href={addressOf('')} aria-label={t('home')}><Logo size={30} /><span>Allmende</span></a>
        <nav aria-label={t('policy.pages')}>
          <a className="al-link" href={addressOf('policy')} aria-current={location.pathname === addressOf('policy') ? 'page' : undefined}>{t('policy.title')}</a>
          {config.account?.admin && <a className="al-link" href={addressOf('staff')} aria-current={location.pathname === addressOf('staff') ? 'page' : undefined}>{t('staff.short')}</a>}
          {config.account?.admin && <a className="al-link" href={addressOf('machine')} aria-current={location.pathname === addressOf('machine') ? 'page' : undefined}>{t('machine.short')}</a>}
          {signedIn && <a className="al-link" href={addressOf('decisions')} aria-current={location.pathname === addressOf('decisions') ? 'page' : undefined}>{t('decisions.title')}</a>}
        </nav>
      </header>
      <main className={wide ? 'policy-main policy-wide' : 'policy-main'}><h1>{title}</h1>{children}</main>
    </div>
  );
}
