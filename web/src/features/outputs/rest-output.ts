// Stands below an output of which the notebook holds only the beginning, and leads to the rest.
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { addressOf } from '../../api/config';
import { bytes, t } from '../../ui/i18n';
import './outputs.css';

export const restType = 'application/vnd.allmende.rest+json';

interface Rest {
  readonly address: string;
  readonly kept: number;
  readonly lost: number;
}

const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0);

/** Where the rest is, as a notebook says, which may be anybody's; null when it says nothing that could be. */
export function readRest(data: unknown): Rest | null {
  const { document, run, kept, lost } = Object(data) as Record<string, unknown>;
  if (typeof document !== 'string' || typeof run !== 'string' || !/^doc_[0-9a-f]+$/.test(document) || !/^[0-9a-f-]{36}$/.test(run)) return null;
  return { address: addressOf(`api/documents/${document}/outputs/${run}`), kept: count(kept), lost: count(lost) };
}

function link(words: string, address: string): HTMLAnchorElement {
  const made = document.createElement('a');
  made.className = 'al-note-action';
  made.href = address;
  made.target = '_blank';
  made.rel = 'noopener';
  made.textContent = words;
  return made;
}

export class RestOutput extends Widget implements IRenderMime.IRenderer {
  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const rest = readRest(model.data[restType]);
    const note = document.createElement('div');
    note.className = 'al-output-note';
    const words = rest === null ? t('rest.gone') : rest.kept === 0 ? t('rest.growing') : t('rest.kept', { size: bytes(rest.kept) });
    note.append(rest !== null && rest.lost > 0 ? `${words} ${t('rest.lost', { size: bytes(rest.lost) })}` : words);
    if (rest !== null) note.append(' ', link(t('rest.open'), rest.address), ' ', link(t('rest.download'), `${rest.address}?download`));
    this.node.replaceChildren(note);
  }
}
