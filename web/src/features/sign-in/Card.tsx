// The frame of everything before the home page: the mark, one card, and language and look below.
import type { ReactNode } from 'react';
import { addressOf } from '../../api/config';
import { t } from '../../ui/i18n';
import { Logo } from '../../ui/logo';
import { LanguageAndLook } from './LanguageAndLook';
import './sign-in.css';

export function Card({ title, lead, icon, children }: { title: string; lead?: string; icon?: ReactNode; children: ReactNode }) {
  return (
    <div className="sign-in">
      <main className="sign-in-main">
        <div className="sign-in-brand"><Logo size={44} /><span>Allmende</span></div>
        <div className="sign-in-card">
          {icon && <div className="sign-in-icon">{icon}</div>}
          <h1>{title}</h1>
          {lead && <p className="sign-in-lead">{lead}</p>}
          {children}
        </div>
      </main>
      <footer className="sign-in-foot"><span>{t('signIn.motto')} <a className="al-link" href={addressOf('policy')}>{t('policy.title')}</a></span><LanguageAndLook /></footer>
    </div>
  );
}
