// In which runtime the notebook runs: the one that all of a person's share, another that has a name, a new one, or by leave its owner's.
import { type FormEvent, useEffect, useId, useState } from 'react';
import { listRuntimes, runtimeOfNotebook } from '../../../api/runtimes';
import { t } from '../../../ui/i18n';
import { failureWords } from '../../failure';
import type { Page } from '../store';

/** Stands for a name that is still to be written; no runtime can be called so. */
const aNewOne = '\n';
const ownersOne = '\n\n';

export function RuntimeChoice({ page, connected, onClose }: { page: Page; connected: boolean; onClose: () => void }) {
  const { path, name: file, owner, isLent, runsIn } = page.state;
  const [known, setKnown] = useState<{ readonly chosen: string; readonly names: readonly string[] } | null>(null);
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState(file.replace(/\.ipynb$/, '').slice(0, 40));
  const [fault, setFault] = useState<string | null>(null);
  const field = useId();
  useEffect(() => {
    const read = async () => {
      const [all, chosen] = await Promise.all([listRuntimes(), runtimeOfNotebook(path)]);
      const running = all.filter(({ state }) => state !== 'stopped').map(runtime => runtime.name);
      setKnown({ chosen, names: [...new Set(['', chosen, ...running])].sort((a, b) => a.localeCompare(b)) });
    };
    void read().catch((error: unknown) => setFault(failureWords(error)));
  }, [path]);
  const use = (runtime: string) => {
    page.store.set({ runsIn: 'own' });
    if (runtime === known?.chosen) return onClose();
    const go = () => void page.deeds?.useRuntime(runtime).then(() => page.tell({ text: t('runtime.chosen') }), (error: unknown) => page.tell({ text: failureWords(error), tone: 'danger' }));
    onClose();
    if (!connected) return go();
    page.show({ kind: 'confirm', title: t('runtime.moveTitle'), text: t('runtime.moveText'), action: t('runtime.move'), danger: false, run: go });
  };
  const choose = (value: string) => {
    setNaming(value === aNewOne);
    if (value === aNewOne) return;
    if (value !== ownersOne) return use(value);
    page.store.set({ runsIn: 'owner' });
    page.tell({ text: t('runtime.ownersChosen') });
    onClose();
  };
  const make = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') use(name.trim());
  };
  if (fault) return <p className="nb-danger" role="alert">{fault}</p>;
  if (!known) return null;
  return (
    <div className="nb-runtime-choice">
      <label htmlFor={field}>{t('runtime.choice')}</label>
      <select id={field} className="al-input" value={naming ? aNewOne : runsIn === 'owner' ? ownersOne : known.chosen} onChange={event => choose(event.target.value)}>
        {isLent && owner && <option value={ownersOne}>{t('runtime.owners', { name: owner.display_name || owner.name })}</option>}
        {known.names.map(each => <option key={each} value={each}>{each || t('runtime.shared')}</option>)}
        <option value={aNewOne}>{t('runtime.new')}</option>
      </select>
      {naming && <form onSubmit={make}>
        <input className="al-input" aria-label={t('runtime.newName')} maxLength={40} value={name} autoFocus onChange={event => setName(event.target.value)} />
        <button type="submit" className="al-button" disabled={name.trim() === ''}>{t('runtime.move')}</button>
      </form>}
    </div>
  );
}
