// A page that is loaded anew goes on under its old name with the kernel: the server tells it again what widgets said meanwhile. Kept in the tab's
// own storage from the end of one page to the beginning of the next.
import type { Kernel } from '@jupyterlab/services';
import type { Heard } from './heard';

interface Kept {
  readonly path: string;
  readonly kernel: string;
  readonly clientId: string;
  readonly heard?: string | undefined;
}

const key = 'allmende.kernel';

export class Resume {
  readonly #kept: Kept | null;
  readonly #heard: Heard;

  constructor(path: string, heard: Heard) {
    this.#heard = heard;
    const text = sessionStorage.getItem(key);
    sessionStorage.removeItem(key); // a duplicated tab must not go on under this tab's name
    const kept = text === null ? null : (JSON.parse(text) as Kept);
    this.#kept = kept?.path === path ? kept : null;
  }

  /** The name under which a new connection to this kernel has to go on. */
  clientIdOf(kernel: string): string | undefined {
    if (this.#kept?.kernel !== kernel) return undefined;
    if (this.#kept.heard !== undefined) this.#heard.resume(this.#kept.clientId, this.#kept.heard);
    return this.#kept.clientId;
  }

  /** As the page goes away. */
  keep(path: string, kernel: Kernel.IKernelConnection | null): void {
    if (!kernel || kernel.status === 'dead') return;
    const kept: Kept = { path, kernel: kernel.id, clientId: kernel.clientId, heard: this.#heard.last(kernel) };
    sessionStorage.setItem(key, JSON.stringify(kept));
  }
}
