import { useState } from 'react';
import { changeAccount } from '../../../api/account';
import { addressOf, config } from '../../../api/config';
import { keepLanguage, language, languages, t } from '../../../ui/i18n';
import { Logo } from '../../../ui/logo';
import { Modal } from '../../../ui/modal';
import { chooseTheme, themeChoice, type ThemeChoice } from '../../../ui/theme';
import { useStore } from '../../../ui/use-store';
import { failureWords } from '../../failure';
import type { Page } from '../store';

const themes: readonly ThemeChoice[] = ['system', 'light', 'dark'];
const sizes = [11, 12, 13, 14, 15, 16, 18, 20, 24];

/** Stored with the account where there is one, in this browser always. */
export function changeTheme(page: Page, next: ThemeChoice): void {
  chooseTheme(next);
  if (page.state.account) void changeAccount({ theme: next === 'system' ? '' : next }).catch((error: unknown) => page.tell({ text: failureWords(error), tone: 'danger' }));
}

export function SettingsDialog({ page, onClose }: { page: Page; onClose: () => void }) {
  const { preferences } = useStore(page.store);
  const [theme, setTheme] = useState(themeChoice());
  const [spoken, setSpoken] = useState(language());
  const speak = async (next: (typeof languages)[number]) => {
    setSpoken(next);
    keepLanguage(next);
    if (page.state.account) await changeAccount({ locale: next }).catch((error: unknown) => page.tell({ text: failureWords(error), tone: 'danger' }));
  };
  return (
    <Modal title={t('command.settings')} onClose={onClose}>
      <fieldset className="nb-setting"><legend>{t('theme')}</legend>
        {themes.map(each => <label key={each}><input type="radio" name="theme" checked={theme === each} onChange={() => {
          setTheme(each);
          changeTheme(page, each);
        }} />{t(`theme.${each}`)}</label>)}
      </fieldset>
      <fieldset className="nb-setting"><legend>{t('language')}</legend>
        {languages.map(each => <label key={each}><input type="radio" name="language" checked={spoken === each} onChange={() => void speak(each)} />{t(`language.${each}`)}</label>)}
        {spoken !== language() && <p className="nb-setting-note" role="status">{t('settings.reload')} <button type="button" className="al-button" onClick={() => location.reload()}>{t('settings.reloadNow')}</button></p>}
      </fieldset>
      <fieldset className="nb-setting"><legend>{t('settings.editor')}</legend>
        <label><input type="checkbox" checked={preferences.lineNumbers} onChange={event => page.prefer({ lineNumbers: event.target.checked })} />{t('command.line-numbers')}</label>
        <label><input type="checkbox" checked={preferences.wrapLines} onChange={event => page.prefer({ wrapLines: event.target.checked })} />{t('settings.wrap')}</label>
        <label>{t('settings.codeSize')} <select className="al-input" value={preferences.codeSize} onChange={event => page.prefer({ codeSize: Number(event.target.value) })}>{sizes.map(size => <option key={size} value={size}>{size}</option>)}</select></label>
      </fieldset>
    </Modal>
  );
}

export function About({ onClose }: { onClose: () => void }) {
  return (
    <Modal title={t('command.about')} onClose={onClose}>
      <div className="nb-about"><Logo size={56} /><div><p><strong>Allmende {config.version}</strong></p><p>{t('about.text')}</p><p><a className="al-link" href={addressOf('assets/THIRD_PARTY.txt')} target="_blank" rel="noopener">{t('about.thanks')}</a></p></div></div>
    </Modal>
  );
}
