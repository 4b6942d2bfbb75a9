// What lies over the page: questions, the palette, the list of keys, settings.
import { lazy, Suspense } from 'react';
import { t } from '../../../ui/i18n';
import { Modal } from '../../../ui/modal';
import { useStore } from '../../../ui/use-store';
import type { Dialog, Page } from '../store';

const Palette = lazy(() => import('./Palette').then(found => ({ default: found.Palette })));
const History = lazy(() => import('./History').then(found => ({ default: found.History })));
const Share = lazy(() => import('./Share').then(found => ({ default: found.Share })));
const AskAccess = lazy(() => import('./AskAccess').then(found => ({ default: found.AskAccess })));
const Shortcuts = lazy(() => import('./Shortcuts').then(found => ({ default: found.Shortcuts })));
const SettingsDialog = lazy(() => import('./SettingsDialog').then(found => ({ default: found.SettingsDialog })));
const Packages = lazy(() => import('./Packages').then(found => ({ default: found.Packages })));
const WebApps = lazy(() => import('./WebApps').then(found => ({ default: found.WebApps })));
const RuntimeType = lazy(() => import('./RuntimeType').then(found => ({ default: found.RuntimeType })));
const PolicyQuestion = lazy(() => import('./PolicyQuestion').then(found => ({ default: found.PolicyQuestion })));
const About = lazy(() => import('./SettingsDialog').then(found => ({ default: found.About })));

export function Dialogs({ page }: { page: Page }) {
  const { dialog } = useStore(page.store);
  const close = () => page.show(null);
  if (!dialog || dialog.kind === 'rename') return null;
  if (dialog.kind === 'confirm') return <Confirm dialog={dialog} onClose={close} />;
  return (
    <Suspense fallback={null}>
      {dialog.kind === 'palette' && <Palette page={page} onClose={close} />}
      {dialog.kind === 'history' && <History page={page} onClose={close} />}
      {dialog.kind === 'share' && <Share page={page} onClose={close} />}
      {dialog.kind === 'ask-access' && <AskAccess page={page} onClose={close} />}
      {dialog.kind === 'packages' && <Packages page={page} onClose={close} />}
      {dialog.kind === 'web-apps' && <WebApps page={page} onClose={close} />}
      {dialog.kind === 'runtime-type' && <RuntimeType page={page} onClose={close} />}
      {dialog.kind === 'shortcuts' && <Shortcuts onClose={close} />}
      {dialog.kind === 'settings' && <SettingsDialog page={page} onClose={close} />}
      {dialog.kind === 'policy' && <PolicyQuestion id={dialog.decision} onAnswer={dialog.onAnswer} />}
      {dialog.kind === 'about' && <About onClose={close} />}
    </Suspense>
  );
}

function Confirm({ dialog, onClose }: { dialog: Extract<Dialog, { kind: 'confirm' }>; onClose: () => void }) {
  const run = () => {
    onClose();
    dialog.run();
  };
  return (
    <Modal title={dialog.title} onClose={onClose} actions={<>
      <button type="button" className="al-button" onClick={onClose}>{t('cancel')}</button>
      <button type="button" className={dialog.danger ? 'al-button al-button-danger' : 'al-button al-button-primary'} onClick={run}>{dialog.action}</button>
    </>}><p>{dialog.text}</p></Modal>
  );
}
