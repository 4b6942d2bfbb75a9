// All keys on one page, by where they count.
import { keyBindings, type KeyScope } from '../../../core/notebook-keys';
import type { CommandId } from '../../../core/notebook-commands';
import { t } from '../../../ui/i18n';
import { Modal } from '../../../ui/modal';
import { keyWords, titleOf } from './words';

const scopes: readonly KeyScope[] = ['page', 'notebook', 'cells', 'text-cell', 'editor'];

function rowsOf(scope: KeyScope): { id: CommandId; keys: string[] }[] {
  const rows = new Map<CommandId, string[]>();
  for (const each of keyBindings) if (each.scope === scope) rows.set(each.command, [...(rows.get(each.command) ?? []), each.keys]);
  return [...rows].map(([id, keys]) => ({ id, keys }));
}

export function Shortcuts({ onClose }: { onClose: () => void }) {
  return (
    <Modal title={t('command.shortcuts')} onClose={onClose} wide>
      <p className="nb-hint">{t('shortcuts.leave')}</p>
      <div className="nb-keys" tabIndex={0} role="group" aria-label={t('command.shortcuts')}>
        {scopes.map(scope => (
          <section key={scope}>
            <h3>{t(`scope.${scope}`)}</h3>
            <dl>{rowsOf(scope).map(({ id, keys }) => <div key={id}><dt>{titleOf(id)}</dt><dd>{keys.map(each => <kbd key={each}>{keyWords(each)}</kbd>)}</dd></div>)}</dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
