// The file was changed elsewhere while somebody worked here: nothing is decided without them.
import { dateTime, t } from '../../../ui/i18n';
import { Modal } from '../../../ui/modal';
import type { ConflictChoice, Dialog } from '../store';

export function ConflictDialog({ dialog, onClose }: { dialog: Extract<Dialog, { kind: 'conflict' }>; onClose: () => void }) {
  const { theirs } = dialog;
  const choose = (choice: ConflictChoice) => () => {
    onClose();
    dialog.answer(choice);
  };
  return (
    <Modal title={t('conflict.title')} onClose={choose('later')} actions={<>
      <button type="button" className="al-button" onClick={choose('theirs')}>{t('conflict.theirs')}</button>
      <button type="button" className="al-button" onClick={choose('mine')}>{t('conflict.mine')}</button>
      <button type="button" className="al-button al-button-primary" onClick={choose('both')}>{t('conflict.both')}</button>
    </>}>
      <p>{t('conflict.text', { when: dateTime(theirs.at) })}</p>
      <p>{t('conflict.changed', { count: theirs.changedCells, cells: theirs.cells })}</p>
      <ul className="nb-choices">
        <li>{t('conflict.bothMore')}</li>
        <li>{t('conflict.mineMore')}</li>
        <li>{t('conflict.theirsMore')}</li>
      </ul>
    </Modal>
  );
}
