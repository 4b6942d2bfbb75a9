// Who else has the notebook open: shown beside the title and at the cells they have chosen; this page can go along with one of them.
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Awareness } from 'y-protocols/awareness';
import { peopleOf } from '../../../core/presence';
import { t } from '../../../ui/i18n';
import type { Page } from '../store';

export class Presence {
  readonly #page: Page;
  readonly #panel: NotebookPanel;
  readonly #awareness: Awareness;
  #marked: { readonly node: HTMLElement; readonly sign: string }[] = [];

  constructor(page: Page, panel: NotebookPanel, awareness: Awareness) {
    this.#page = page;
    this.#panel = panel;
    this.#awareness = awareness;
    const { account } = page.state;
    if (account) awareness.setLocalStateField('user', { username: account.id, name: account.name, display_name: account.display_name || account.name });
    if (!account) awareness.setLocalState(null); // looks on unseen
    awareness.on('change', () => this.#draw());
    panel.content.activeCellChanged.connect((_, cell) => awareness.setLocalStateField('cell', cell?.model.id ?? null));
    awareness.setLocalStateField('cell', panel.content.activeCell?.model.id ?? null);
    for (const own of ['pointerdown', 'wheel', 'keydown'] as const) panel.content.node.addEventListener(own, () => this.follow(null), { passive: true });
    this.#draw();
  }

  /** Goes where this person goes from now on, until something is done on this page. */
  follow(client: number | null): void {
    if (this.#page.state.following === client) return;
    this.#page.store.set({ following: client });
    const person = this.#page.state.people.find(each => each.client === client);
    if (person) this.#page.say(t('people.followed', { name: person.name }));
    this.#goAlong();
  }

  #draw(): void {
    const people = peopleOf(this.#awareness.getStates(), this.#awareness.clientID);
    this.#page.store.set({ people });
    for (const { node, sign } of this.#marked.splice(0)) node.classList.remove('al-someone', sign);
    for (const { cell, colour } of people) {
      const node = cell === null ? undefined : this.#panel.content.widgets.find(each => each.model.id === cell)?.node;
      if (!node) continue;
      const sign = `al-person-${colour}`;
      node.classList.add('al-someone', sign);
      this.#marked.push({ node, sign });
    }
    if (this.#page.state.following !== null && !people.some(({ client }) => client === this.#page.state.following)) this.#page.store.set({ following: null });
    this.#goAlong();
  }

  #goneTo: string | null = null;

  #goAlong(): void {
    const { following, people } = this.#page.state;
    const cell = people.find(({ client }) => client === following)?.cell ?? null;
    if (cell === this.#goneTo) return;
    this.#goneTo = cell;
    const at = cell === null ? -1 : this.#panel.content.widgets.findIndex(each => each.model.id === cell);
    if (at >= 0) void this.#panel.content.scrollToItem(at, 'smart').catch(() => undefined);
  }
}
