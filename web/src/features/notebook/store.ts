// What the notebook page shows, as plain values. The page draws it, the notebook and the server's news change it.
import type { Account, Person as Somebody } from '../../api/schema';
import type { Comment } from '../../core/comments';
import type { Connection } from '../../core/connection';
import type { OpenFault } from '../../core/notebook-address';
import { type CommandId, type Commands, isAllowed, isEnabled } from '../../core/notebook-commands';
import type { Heading } from '../../core/outline';
import type { NotebookContent } from '../../core/notebook-content';
import type { Person } from '../../core/presence';
import { nameOf } from '../../core/listing';
import { isAtLeast, type Role } from '../../core/role';
import type { RuntimeView } from '../../core/runtime-state';
import type { Saving } from '../../core/saving';
import { Store } from '../../core/store';
import type { Notice } from '../../ui/notices';

export type Opening = { readonly kind: 'loading' } | { readonly kind: 'open' } | { readonly kind: 'failed'; readonly fault: OpenFault };

export type PanelId = 'contents' | 'files' | 'comments';

export type Dialog =
  | { readonly kind: 'palette' | 'shortcuts' | 'settings' | 'about' | 'rename' | 'history' | 'share' | 'ask-access' | 'packages' | 'web-apps' | 'runtime-type' }
  | { readonly kind: 'policy'; readonly decision: string; readonly onAnswer: (runs: boolean) => void }
  | { readonly kind: 'confirm'; readonly title: string; readonly text: string; readonly action: string; readonly danger: boolean; readonly run: () => void };

export interface Banner {
  readonly id: 'away' | 'signed-out' | 'died' | 'ended' | 'ending' | 'kept' | 'save' | 'conflict' | 'role' | 'asked' | 'policy';
  readonly tone: 'plain' | 'warn' | 'danger';
  readonly text: string;
  /** Epoch milliseconds that the text counts down to, put in as {{left}} when drawn. */
  readonly until?: number;
  readonly actions: readonly { readonly label: string; readonly run: () => void }[];
  readonly canClose: boolean;
}

export interface Preferences {
  readonly lineNumbers: boolean;
  readonly wrapLines: boolean;
  readonly codeSize: number;
}

export interface PageState {
  readonly account: Account | null;
  /** On the drive; of somebody else's notebook the one by which its kernel session is known. */
  readonly path: string;
  /** The file's. */
  readonly name: string;
  readonly role: Role;
  /** Whose it is, when that is somebody else. */
  readonly owner: Somebody | null;
  /** Whether one may run it in the owner's runtime, and whether one does. */
  readonly isLent: boolean;
  readonly runsIn: 'own' | 'owner';
  readonly opening: Opening;
  readonly saving: Saving;
  readonly savedAt: number | null;
  readonly connection: Connection;
  readonly runtime: RuntimeView | null;
  /** Processor cores in use lately. */
  readonly cores: number | null;
  readonly kernelName: string;
  readonly panel: PanelId | null;
  readonly headings: readonly Heading[];
  readonly folded: ReadonlySet<string>;
  readonly activeCell: string | null;
  /** "3 of 17" while several cells run. */
  readonly progress: { readonly done: number; readonly all: number } | null;
  /** The cell that runs now, from 1, and since when. */
  readonly running: { readonly cell: number; readonly since: number } | null;
  readonly commands: Commands;
  /** Who else has the notebook open. */
  readonly people: readonly Person[];
  /** Null until they are there. */
  readonly comments: readonly Comment[] | null;
  /** The cell on which a thread is being begun. */
  readonly commenting: string | null;
  /** The comment that is to be seen. */
  readonly shownComment: string | null;
  /** The ids of the cells, in their order. */
  readonly cells: readonly string[];
  /** The page of a person whom this one goes along with. */
  readonly following: number | null;
  readonly preferences: Preferences;
  readonly banners: readonly Banner[];
  readonly dialog: Dialog | null;
  readonly runtimeShown: boolean;
  /** What may follow Ctrl+M is shown. */
  readonly legend: boolean;
  readonly notices: readonly Notice[];
  /** What a screen reader is told next. */
  readonly said: string;
}

const keptPreferences = 'allmende.notebook.preferences';
const keptPanel = 'allmende.notebook.panel';

function storedPreferences(): Preferences {
  const usual: Preferences = { lineNumbers: false, wrapLines: false, codeSize: 14 };
  try {
    return { ...usual, ...(JSON.parse(localStorage.getItem(keptPreferences) ?? '{}') as Partial<Preferences>) };
  } catch {
    return usual;
  }
}

function storedPanel(): PanelId | null {
  const kept = localStorage.getItem(keptPanel);
  return kept === 'contents' || kept === 'files' || kept === 'comments' ? kept : null;
}

/** What the page asks of the open notebook beside its commands. */
export interface Deeds {
  /** Resolves with a sentence when it cannot be. */
  rename(name: string): Promise<string | null>;
  showHeading(heading: Heading): void;
  /** By its id. */
  showCell(id: string): void;
  toggleFold(heading: Heading): void;
  /** Goes along with a person, by their page's number; null: with nobody any more. */
  follow(client: number | null): void;
  focusNotebook(): void;
  /** Where earlier states are, and the present one. */
  history(): { readonly document: string; current(): Promise<NotebookContent> } | null;
  /** The live document's id. */
  document(): string | null;
  /** Has the notebook use the runtime of that name from now on; its kernel elsewhere ends. */
  useRuntime(name: string): Promise<void>;
  /** With all that runs in it. */
  endRuntime(): Promise<void>;
  /** Whether leaving the page now could lose what somebody wrote. */
  mayLose(): boolean;
}

export class Page {
  readonly store: Store<PageState>;
  /** Null until the notebook is open. */
  deeds: Deeds | null = null;
  #nextNotice = 1;

  constructor(account: Account | null, path: string, narrow: boolean) {
    this.store = new Store<PageState>({
      account, path, name: nameOf(path), role: 'owner', owner: null, isLent: false, runsIn: 'own', opening: { kind: 'loading' }, saving: { kind: 'saved' }, savedAt: null, connection: { kind: 'none' }, runtime: null, cores: null, kernelName: '',
      panel: narrow ? null : storedPanel(), headings: [], folded: new Set(), activeCell: null, progress: null, running: null, commands: {}, people: [], comments: null, commenting: null, shownComment: null, cells: [], following: null, preferences: storedPreferences(),
      banners: [], dialog: null, runtimeShown: false, legend: false, notices: [], said: '',
    });
  }

  get state(): PageState {
    return this.store.get();
  }

  get mayEdit(): boolean {
    return isAtLeast(this.state.role, 'editor');
  }

  get mayComment(): boolean {
    return this.state.account !== null && isAtLeast(this.state.role, 'commenter');
  }

  run(id: CommandId): void {
    const command = this.state.commands[id];
    if (isEnabled(command)) command?.run();
  }

  tell(notice: Omit<Notice, 'id'>): void {
    const made: Notice = { id: this.#nextNotice++, ...notice };
    const others = this.state.notices.filter(each => each.text !== made.text || each.action !== undefined);
    this.store.set({ notices: [...others.slice(-2), made] });
  }

  drop(id: number): void {
    this.store.set({ notices: this.state.notices.filter(each => each.id !== id) });
  }

  /** Shows the banner, in place of the one of the same kind. */
  raise(banner: Banner): void {
    this.store.set({ banners: [...this.state.banners.filter(each => each.id !== banner.id), banner] });
  }

  lower(id: Banner['id']): void {
    if (this.state.banners.some(each => each.id === id)) this.store.set({ banners: this.state.banners.filter(each => each.id !== id) });
  }

  say(text: string): void {
    this.store.set({ said: text });
  }

  show(dialog: Dialog | null): void {
    this.store.set({ dialog });
  }

  togglePanel(panel: PanelId): void {
    const next = this.state.panel === panel ? null : panel;
    localStorage.setItem(keptPanel, next ?? '');
    this.store.set({ panel: next });
  }

  open(panel: PanelId): void {
    if (this.state.panel !== panel) this.togglePanel(panel);
  }

  prefer(change: Partial<Preferences>): void {
    const preferences = { ...this.state.preferences, ...change };
    localStorage.setItem(keptPreferences, JSON.stringify(preferences));
    this.store.set({ preferences });
  }

  put(commands: Commands): void {
    const allowed = (id: CommandId) => isAllowed(id, this.state.role, this.state.account !== null);
    const guarded = Object.entries(commands).map(([id, command]) => [id, { ...command, isEnabled: () => allowed(id as CommandId) && isEnabled(command) }]);
    this.store.set({ commands: { ...this.state.commands, ...(Object.fromEntries(guarded) as Commands) } });
  }
}
