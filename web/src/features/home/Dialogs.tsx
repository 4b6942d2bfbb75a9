// The questions of the home page.
import { useState } from 'react';
import { nameOf, parentOf } from '../../core/listing';
import { t } from '../../ui/i18n';
import { Modal } from '../../ui/modal';
import { useStore } from '../../ui/use-store';
import type { Home } from './home';
import type { Dialog } from './home-store';
import { MoveDialog } from './MoveDialog';
import { RuntimesDialog } from './RuntimesDialog';

export function Dialogs({ home }: { home: Home }) {
  const { dialog } = useStore(home.store);
  const close = () => home.store.set({ dialog: null });
  if (!dialog) return null;
  switch (dialog.kind) {
    case 'move': return <MoveDialog home={home} entries={dialog.entries} onClose={close} />;
    case 'collision': return <CollisionDialog key={dialog.collision.path} dialog={dialog} />;
    case 'runtime': return <RuntimesDialog home={home} onClose={close} />;
    case 'confirm': return <Confirm dialog={dialog} onClose={close} />;
  }
}

function Confirm({ dialog, onClose }: { dialog: Extract<Dialog, { kind: 'confirm' }>; onClose: () => void }) {
  const actions = <>
    <button type="button" className="al-button" onClick={onClose}>{t('cancel')}</button>
    <button type="button" className="al-button al-button-danger" onClick={() => {
      onClose();
      dialog.run();
    }}>{dialog.action}</button>
  </>;
  return <Modal title={dialog.title} onClose={onClose} actions={actions}><p>{dialog.text}</p></Modal>;
}

function CollisionDialog({ dialog }: { dialog: Extract<Dialog, { kind: 'collision' }> }) {
  const [forAll, setForAll] = useState(false);
  const { collision, more, answer } = dialog;
  const name = nameOf(collision.path);
  const actions = <>
    <button type="button" className="al-button" onClick={() => answer('skip', forAll)}>{t('collision.skip')}</button>
    {!collision.folder && <button type="button" className="al-button" onClick={() => answer('replace', forAll)}>{t('collision.replace')}</button>}
    <button type="button" className="al-button al-button-primary" onClick={() => answer('keep-both', forAll)}>{t('collision.keepBoth')}</button>
  </>;
  return (
    <Modal title={t('collision.title', { name })} onClose={() => answer('cancel', false)} actions={actions}>
      <p>{t(collision.folder ? 'collision.folder' : 'collision.text', { name, folder: parentOf(collision.path) || t('place.files') })}</p>
      {more > 0 && <label className="collision-all"><input type="checkbox" checked={forAll} onChange={event => setForAll(event.target.checked)} /> {t('collision.all', { count: more })}</label>}
    </Modal>
  );
}
