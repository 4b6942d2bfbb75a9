// One bar for a server that does not answer, whoever noticed: the saver or the kernel's socket.
import { t, time } from '../../../ui/i18n';
import type { Page } from '../store';

export interface SaverAway {
  readonly nextTry: number;
  readonly keptAt: number | null;
}

export class Away {
  readonly #page: Page;
  readonly #tryNow: () => void;
  #saver: SaverAway | null = null;
  #socket = false;

  constructor(page: Page, tryNow: () => void) {
    this.#page = page;
    this.#tryNow = tryNow;
  }

  saver(state: SaverAway | null): void {
    this.#saver = state;
    this.#draw();
  }

  socket(isLost: boolean): void {
    if (this.#socket === isLost) return;
    this.#socket = isLost;
    this.#draw();
  }

  #draw(): void {
    const actions = [{ label: t('away.tryNow'), run: this.#tryNow }];
    if (this.#saver) {
      const text = this.#saver.keptAt === null ? t('away.text') : t('away.kept', { time: time(new Date(this.#saver.keptAt)) });
      // {{left}} is filled in by the bar, which counts down.
      this.#page.raise({ id: 'away', tone: 'warn', text: `${text} ${t('away.next', { left: '{{left}}' })}`, until: this.#saver.nextTry, actions, canClose: false });
    } else if (this.#socket) this.#page.raise({ id: 'away', tone: 'warn', text: t('away.kernel'), actions, canClose: false });
    else this.#page.lower('away');
  }
}
