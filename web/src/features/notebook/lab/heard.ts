// What each connection to a kernel took in last. The server is told when a socket is opened anew, and tells again what was lost on its way.
import type { Kernel, Session } from '@jupyterlab/services';

export class Heard {
  /** By the connection's name: the id of the last message that arrived. */
  readonly #arrived = new Map<string, string>();
  /** The same of the last message that everybody here has dealt with, outputs included. */
  readonly #done = new Map<string, string>();

  /** For the services' settings: WebSockets that say what arrived before them. */
  get socket(): typeof WebSocket {
    const arrived = this.#arrived;
    return class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        const address = new URL(url);
        const after = arrived.get(address.searchParams.get('session_id') ?? '');
        if (after !== undefined) address.searchParams.set('after', after);
        super(address, protocols);
      }
    };
  }

  listen(session: Session.ISessionConnection): void {
    const follow = (kernel: Kernel.IKernelConnection | null) => {
      kernel?.anyMessage.connect((_, { msg, direction }) => direction === 'recv' && this.#arrived.set(kernel.clientId, msg.header.msg_id));
      kernel?.iopubMessage.connect((_, msg) => this.#done.set(kernel.clientId, msg.header.msg_id));
    };
    follow(session.kernel);
    session.kernelChanged.connect((_, { newValue }) => follow(newValue));
  }

  /** From where the next page has to go on, should this one end now. */
  last(kernel: Kernel.IKernelConnection): string | undefined {
    return this.#done.get(kernel.clientId);
  }

  /** A connection goes on where that of the page before this one ended; one that has heard something itself knows better. */
  resume(clientId: string, last: string): void {
    if (this.#arrived.has(clientId)) return;
    this.#arrived.set(clientId, last);
    this.#done.set(clientId, last);
  }
}
