// Language and theme for somebody who has no account open: kept by this browser.
import { useState } from 'react';
import { keepLanguage, language, type Language, languages, t } from '../../ui/i18n';
import { chooseTheme, type ThemeChoice, themeChoice } from '../../ui/theme';

const looks: readonly ThemeChoice[] = ['system', 'light', 'dark'];

export function LanguageAndLook() {
  const [look, setLook] = useState(themeChoice());
  const onLanguage = (next: Language) => {
    keepLanguage(next);
    location.reload();
  };
  return (
    <div className="sign-in-choices">
      <label><span className="al-hidden-text">{t('language')}</span>
        <select value={language()} onChange={event => onLanguage(languages.find(each => each === event.target.value) ?? 'en')}>
          {languages.map(each => <option key={each} value={each} lang={each}>{t(`language.${each}`)}</option>)}
        </select>
      </label>
      <label><span className="al-hidden-text">{t('theme')}</span>
        <select value={look} onChange={event => {
          const next = looks.find(each => each === event.target.value) ?? 'system';
          chooseTheme(next);
          setLook(next);
        }}>
          {looks.map(each => <option key={each} value={each}>{t(`theme.${each}`)}</option>)}
        </select>
      </label>
    </div>
  );
}
