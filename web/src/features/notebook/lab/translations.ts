// JupyterLab's own words come from the same locales folder as ours: one switch for the language of the whole page.
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, type ITranslatorConnector, TranslationManager } from '@jupyterlab/translation';
import { DataConnector } from '@jupyterlab/statedb';
import { language } from '../../../ui/i18n';

const files = import.meta.glob<Record<string, string>>('../../../../locales/*/jupyterlab.json', { import: 'default' });

interface Answer {
  data?: object;
  message?: string;
}

class Connector extends DataConnector<Answer, Answer, { language: string }> {
  override async fetch({ language: wanted }: { language: string }): Promise<Answer> {
    const texts = (await files[`../../../../locales/${wanted}/jupyterlab.json`]?.()) ?? {};
    const entries = Object.fromEntries(Object.entries(texts).map(([english, text]) => [english, [text]]));
    return { data: { jupyterlab: { '': { domain: 'jupyterlab', language: wanted, plural_forms: 'nplurals=2; plural=(n != 1);', version: '1' }, ...entries } }, message: '' };
  }
}

export const translations: JupyterFrontEndPlugin<ITranslator> = {
  id: 'allmende:translations',
  description: 'The words of JupyterLab in the language of the page.',
  autoStart: true,
  provides: ITranslator,
  activate: async () => {
    const manager = new TranslationManager('', undefined, undefined, new Connector() as unknown as ITranslatorConnector);
    if (language() !== 'en') await manager.fetch(language());
    return manager;
  },
};
