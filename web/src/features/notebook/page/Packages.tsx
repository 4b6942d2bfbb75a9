// Python packages that were installed in the runtime: which are kept for the next one, and keeping or forgetting them.
import { useCallback, useEffect, useState } from 'react';
import { forgetPackages, keepPackages, listPackages } from '../../../api/runtimes';
import type { Packages as Known } from '../../../api/schema';
import { bytes, t } from '../../../ui/i18n';
import { Modal } from '../../../ui/modal';
import { useStore } from '../../../ui/use-store';
import { failureWords } from '../../failure';
import type { Page } from '../store';

export function Packages({ page, onClose }: { page: Page; onClose: () => void }) {
  const { runtime } = useStore(page.store);
  const running = runtime?.state === 'ready' ? runtime.id : null;
  const [known, setKnown] = useState<Known | null>(null);
  const [working, setWorking] = useState<string | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const attempt = useCallback(async (words: string, work: () => Promise<Known>) => {
    setWorking(words);
    setFault(null);
    try {
      setKnown(await work());
    } catch (error) {
      setFault(failureWords(error));
    }
    setWorking(null);
  }, []);
  useEffect(() => {
    if (running) void attempt(t('packages.looking'), () => listPackages(running));
  }, [running, attempt]);
  const none = known?.added.length === 0 && known.kept.length === 0;
  return (
    <Modal title={t('packages.title')} onClose={onClose} actions={running && known && <>
      {known.kept.length > 0 && <button type="button" className="al-button" disabled={working !== null} onClick={() => void attempt(t('packages.forgetting'), () => forgetPackages(running))}>{t('packages.forget')}</button>}
      {known.added.length > 0 && known.possible && <button type="button" className="al-button al-button-primary" disabled={working !== null} onClick={() => void attempt(t('packages.keeping'), () => keepPackages(running))}>{t('packages.keep')}</button>}
    </>}>
      <p>{t('packages.text')}</p>
      {!running && <p>{t('packages.noRuntime')}</p>}
      {known && none && <p>{t('packages.none')}</p>}
      {known && known.added.length > 0 && <><h3>{t('packages.added', { size: bytes(known.added_bytes) })}</h3><Names packages={known.added} /></>}
      {known && known.added.length > 0 && !known.possible && <p className="nb-hint">{t('packages.impossible')}</p>}
      {known && known.kept.length > 0 && <><h3>{t('packages.kept')}</h3><Names packages={known.kept} /></>}
      <p role="status" className="nb-hint">{working ?? ''}</p>
      {fault && <p className="nb-danger" role="alert">{fault}</p>}
    </Modal>
  );
}

function Names({ packages }: { packages: Known['kept'] }) {
  return <ul className="nb-packages">{packages.map(({ name, version }) => <li key={name}>{name} <span className="nb-hint">{version}</span></li>)}</ul>;
}
