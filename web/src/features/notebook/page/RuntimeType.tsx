// What the notebook's runtime is to have from its next start on: an accelerator, or none.
import { type FormEvent, useEffect, useState } from 'react';
import { getRuntimeTypes, runtimeOfNotebook, setRuntimeType } from '../../../api/runtimes';
import type { Accelerator } from '../../../api/schema';
import { locale, t } from '../../../ui/i18n';
import { Modal } from '../../../ui/modal';
import { useStore } from '../../../ui/use-store';
import { failureWords } from '../../failure';
import type { Page } from '../store';

interface Known {
  /** The name of the notebook's runtime. */
  readonly name: string;
  readonly accelerators: readonly Accelerator[];
  readonly chosen: string;
}

async function read(path: string): Promise<Known> {
  const [name, types] = await Promise.all([runtimeOfNotebook(path), getRuntimeTypes()]);
  return { name, accelerators: types.accelerators, chosen: types.runtimes.find(one => one.name === name)?.accelerator ?? '' };
}

const number = (value: number): string => value.toLocaleString(locale(), { maximumFractionDigits: 1 });

export function RuntimeType({ page, onClose }: { page: Page; onClose: () => void }) {
  const { runtime, path } = useStore(page.store);
  const running = runtime && runtime.state !== 'stopped' ? runtime.id : null;
  const [known, setKnown] = useState<Known | null>(null);
  const [choice, setChoice] = useState('');
  const [working, setWorking] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => {
    const show = (found: Known) => {
      setKnown(found);
      setChoice(found.chosen);
    };
    void read(path).then(show, (error: unknown) => setFault(failureWords(error)));
  }, [path]);
  const changed = known !== null && choice !== known.chosen;
  const save = async () => {
    if (!known) return;
    setWorking(true);
    setFault(null);
    try {
      await setRuntimeType(known.name, choice);
      if (running) await page.deeds?.endRuntime();
      onClose();
      page.tell({ text: t('runtimeType.saved') });
    } catch (error) {
      setFault(failureWords(error));
      setWorking(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (changed) void save();
    else onClose();
  };
  // One that was chosen and is not there any more can still be seen, and given up.
  const kinds = known ? [...known.accelerators, ...(known.chosen !== '' && !known.accelerators.some(({ kind }) => kind === known.chosen) ? [{ kind: known.chosen, count: 0, free: 0, units_per_hour: 0 }] : [])] : [];
  const isOurs = (kind: string) => running !== null && runtime?.accelerator?.startsWith(`${kind}=`) === true;
  const about = ({ kind, count, free, units_per_hour: units }: Accelerator) =>
    (count === 0 ? t('runtimeType.gone') : [isOurs(kind) ? t('runtimeType.ours') : free > 0 ? t('runtimeType.free', { free, count }) : t('runtimeType.inUse', { count }), t('runtimeType.rate', { units: number(units) })].join(' '));
  return (
    <Modal title={t('runtimeType.title')} onClose={onClose} actions={<>
      <button type="button" className="al-button" onClick={onClose}>{t('cancel')}</button>
      <button type="submit" form="nb-runtime-type" className="al-button al-button-primary" disabled={!known || working}>{t(changed && running ? 'runtimeType.saveAndEnd' : 'runtimeType.save')}</button>
    </>}>
      <form id="nb-runtime-type" className="nb-runtime-type" onSubmit={submit}>
        {!known && !fault && <p role="status">{t('packages.looking')}</p>}
        {known && kinds.length === 0 && <p>{t('runtimeType.none')}</p>}
        {known && kinds.length > 0 && <fieldset disabled={working}>
          <legend>{t('runtimeType.accelerator')}</legend>
          <label><input type="radio" name="accelerator" checked={choice === ''} onChange={() => setChoice('')} /><span>{t('runtimeType.processors')}</span></label>
          {kinds.map(one => (
            <label key={one.kind}><input type="radio" name="accelerator" checked={choice === one.kind} onChange={() => setChoice(one.kind)} />
              <span>{one.kind}<small>{about(one)}</small></span></label>
          ))}
        </fieldset>}
        {changed && running && <p className="nb-danger" role="status">{t('runtimeType.ends')}</p>}
        {fault && <p className="nb-danger" role="alert">{fault}</p>}
      </form>
    </Modal>
  );
}
