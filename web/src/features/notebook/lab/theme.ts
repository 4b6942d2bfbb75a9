// JupyterLab's renderers ask a theme manager whether it is dark; ours answers for the page, which has one look in two lights.
import type { IThemeManager } from '@jupyterlab/apputils';
import type { IChangedArgs } from '@jupyterlab/coreutils';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import { chooseTheme, isDark, onTheme } from '../../../ui/theme';

const light = 'Allmende Light';
const dark = 'Allmende Dark';

export class PageTheme implements IThemeManager {
  readonly themes: readonly string[] = [light, dark];
  readonly themeChanged = new Signal<this, IChangedArgs<string, string | null>>(this);
  #theme = isDark() ? dark : light;

  constructor() {
    onTheme(nowDark => {
      const oldValue = this.#theme;
      this.#theme = nowDark ? dark : light;
      if (oldValue !== this.#theme) this.themeChanged.emit({ name: 'theme', oldValue, newValue: this.#theme });
    });
  }

  get theme(): string {
    return this.#theme;
  }

  isLight(name: string): boolean {
    return name !== dark;
  }

  async setTheme(name: string): Promise<void> {
    chooseTheme(name === dark ? 'dark' : 'light');
  }

  /** The page has its own looks: others are not shown. */
  register(): IDisposable {
    return new DisposableDelegate(() => undefined);
  }

  async loadCSS(): Promise<void> {}

  themeScrollbars(): boolean {
    return false;
  }

  getDisplayName(name: string): string {
    return name;
  }
}
