// The JupyterLab application of the page: its services speak with our server, its plugins are chosen in plugins.ts.
import { JupyterFrontEnd } from '@jupyterlab/application';
import { createRendermimePlugins } from '@jupyterlab/application/lib/mimerenderers';
import { PageConfig } from '@jupyterlab/coreutils';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { type Contents, Drive, ServerConnection, ServiceManager, type Session, SessionManager } from '@jupyterlab/services';
import { KernelManager } from '@jupyterlab/services/lib/kernel';
import type { Signal } from '@lumino/signaling';
import { config } from '../../../api/config';
import { Heard } from './heard';
import { Shell } from './shell';
import { silentFetch, SilentSocket } from './silent';

/** Says whether a connection to this kernel should go on under the name it had before the page was loaded anew. */
export type ClientIdOf = (kernel: string) => string | undefined;

class Sessions extends SessionManager {
  clientIdOf: ClientIdOf = () => undefined;
  /** Told about each new connection before its socket delivers anything. */
  onConnect: (session: Session.ISessionConnection) => void = () => undefined;

  override connectTo(options: Parameters<SessionManager['connectTo']>[0]): Session.ISessionConnection {
    const kernel = options.model.kernel?.id;
    const clientId = kernel === undefined ? undefined : this.clientIdOf(kernel);
    const session = super.connectTo(clientId === undefined ? options : { ...options, clientId });
    this.onConnect(session);
    return session;
  }
}

/** Gives the file that the page has asked for already, instead of asking once more. What is in it comes with the live document. */
class PageDrive extends Drive {
  #read: Contents.IModel | null;
  readonly #isOthers: boolean;

  constructor(serverSettings: ServerConnection.ISettings, read: Contents.IModel, isOthers: boolean) {
    super({ serverSettings });
    this.#read = read;
    this.#isOthers = isOthers;
  }

  override async get(path: string, options?: Contents.IFetchOptions): Promise<Contents.IModel> {
    const read = this.#read;
    if (read?.path !== path) return super.get(path, options);
    if (this.#isOthers) return read; // that lies on no drive of one's own
    if (options?.content === false) return super.get(path, options);
    this.#read = null;
    return read;
  }

  /** Somebody else has moved a file: those who have it open here are told. */
  tellMoved(from: string, to: Contents.IModel): void {
    (this.fileChanged as Signal<this, Contents.IChangedArgs>).emit({ type: 'rename', oldValue: { path: from }, newValue: to });
  }
}

/** Ready at once: the notebook is shown before kernels are known, and when they cannot be known. */
class Services extends ServiceManager {
  override get ready(): Promise<void> {
    return Promise.resolve();
  }
}

export interface PageServices {
  readonly manager: ServiceManager.IManager;
  readonly sessions: Sessions;
  readonly heard: Heard;
  readonly drive: PageDrive;
}

interface Whose {
  /** Somebody else's notebook. */
  readonly isOthers: boolean;
  /** Without one there is nothing to ask for but the notebook itself. */
  readonly hasAccount: boolean;
}

export function pageServices(read: Contents.IModel, { isOthers, hasAccount }: Whose): PageServices {
  PageConfig.setOption('baseUrl', config.base_url);
  PageConfig.setOption('terminalsAvailable', 'false');
  const heard = new Heard();
  const serverSettings = ServerConnection.makeSettings({ ...(hasAccount ? { WebSocket: heard.socket } : { WebSocket: SilentSocket, fetch: silentFetch }), appendToken: false, init: { cache: 'no-store', credentials: 'same-origin' } });
  const standby = 'when-hidden' as const;
  const kernels = new KernelManager({ serverSettings, standby });
  const sessions = new Sessions({ serverSettings, standby, kernelManager: kernels });
  const drive = new PageDrive(serverSettings, read, isOthers);
  const manager = new Services({ serverSettings, standby, defaultDrive: drive, kernels, sessions });
  return { manager, sessions, heard, drive };
}

export class App extends JupyterFrontEnd<Shell> {
  override readonly name = 'Allmende';
  override readonly namespace = 'allmende';
  override readonly version = config.version || 'dev';

  constructor(serviceManager: ServiceManager.IManager, mimeExtensions: readonly IRenderMime.IExtensionModule[]) {
    super({ shell: new Shell(), serviceManager });
    for (const plugin of createRendermimePlugins([...mimeExtensions])) this.registerPlugin(plugin);
  }
}

export function pagePaths(): JupyterFrontEnd.IPaths {
  const base = PageConfig.getBaseUrl();
  return {
    urls: { base, app: base, doc: base, static: base, settings: '', themes: '', translations: '' },
    directories: { appSettings: '', schemas: '', static: '', templates: '', themes: '', userSettings: '', serverRoot: '', workspaces: '' },
  };
}
