// The line between two cells with + Code and + Text: seen when the pointer or the focus comes, always where there is no pointer.
import { CellFooter, CellHeader } from '@jupyterlab/cells';
import { t } from '../../../ui/i18n';
import { type CellPlace, placeOf } from './run-button';

export type Insert = (type: 'code' | 'markdown', place: CellPlace, where: 'above' | 'below') => void;

function fill(node: HTMLElement, onPick: (type: 'code' | 'markdown') => void): void {
  const bar = document.createElement('div');
  bar.className = 'al-add';
  bar.setAttribute('role', 'group');
  bar.setAttribute('aria-label', t('add'));
  for (const type of ['code', 'markdown'] as const) {
    const button = document.createElement('button');
    button.type = 'button';
    button.tabIndex = -1; // by keyboard: Ctrl+M A and B, or the Insert menu
    button.textContent = `+ ${t(type === 'code' ? 'cell.code' : 'cell.text')}`;
    button.addEventListener('click', () => onPick(type));
    bar.append(button);
  }
  node.append(bar);
  node.classList.add('al-add-place');
}

/** Below each cell. */
export class AddBelow extends CellFooter {
  constructor(insert: Insert) {
    super();
    fill(this.node, type => {
      const place = placeOf(this);
      if (place) insert(type, place, 'below');
    });
  }
}

/** Above each cell; drawn only for the first. */
export class AddAbove extends CellHeader {
  constructor(insert: Insert) {
    super();
    this.addClass('al-add-above');
    fill(this.node, type => {
      const place = placeOf(this);
      if (place) insert(type, place, 'above');
    });
  }
}
