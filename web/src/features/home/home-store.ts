// What the home page shows, as plain values.
import type { SharedDocument, Trashed } from '../../api/schema';
import type { FileEntry } from '../../api/files';
import type { RunningNotebook } from '../../api/home';
import type { Answer, Collision } from '../../core/collisions';
import { type Place, root } from '../../core/home-place';
import type { Sort } from '../../core/listing';
import type { RuntimeView } from '../../core/runtime-state';
import { nothing, type Selection } from '../../core/selection';
import { Store } from '../../core/store';
import type { Upload } from '../../core/upload';
import type { Notice } from '../../ui/notices';

export type Listing<Row> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly rows: readonly Row[] }
  | { readonly kind: 'failed'; readonly message: string; readonly missing: boolean };

export type Dialog =
  | { readonly kind: 'move'; readonly entries: readonly FileEntry[] }
  | { readonly kind: 'collision'; readonly collision: Collision; readonly more: number; readonly answer: (answer: Answer | 'cancel', forAll: boolean) => void }
  | { readonly kind: 'confirm'; readonly title: string; readonly text: string; readonly action: string; readonly run: () => void }
  | { readonly kind: 'runtime' };

export interface HomeState {
  readonly place: Place;
  readonly files: Listing<FileEntry>;
  readonly trash: Listing<Trashed>;
  /** Notebooks of others. */
  readonly shared: Listing<SharedDocument>;
  readonly recent: readonly FileEntry[] | null;
  readonly sort: Sort;
  readonly selection: Selection;
  /** The path whose name is being written. */
  readonly renaming: string | null;
  readonly dialog: Dialog | null;
  readonly notices: readonly Notice[];
  readonly uploads: readonly Upload[];
  /** Those that run or are about to. */
  readonly runtimes: readonly RuntimeView[];
  readonly notebooks: readonly RunningNotebook[];
  /** How the kernel of a notebook is, by its path. */
  readonly running: ReadonlyMap<string, 'busy' | 'idle'>;
  readonly signedOut: boolean;
  /** What a screen reader is told next. */
  readonly said: string;
}

export type HomeStore = Store<HomeState>;

const keptSort = 'allmende.home.sort';

function storedSort(): Sort {
  const [key, direction] = (localStorage.getItem(keptSort) ?? '').split(' ');
  if (key === 'name' || key === 'modified' || key === 'size') return { key, descending: direction === 'down' };
  return { key: 'name', descending: false };
}

export function keepSort(sort: Sort): void {
  localStorage.setItem(keptSort, `${sort.key} ${sort.descending ? 'down' : 'up'}`);
}

export function homeStore(): HomeStore {
  return new Store<HomeState>({
    place: root, files: { kind: 'loading' }, trash: { kind: 'loading' }, shared: { kind: 'loading' }, recent: null, sort: storedSort(), selection: nothing, renaming: null, dialog: null,
    notices: [], uploads: [], runtimes: [], notebooks: [], running: new Map(), signedOut: false, said: '',
  });
}

let nextNotice = 1;

export function tell(store: HomeStore, notice: Omit<Notice, 'id'>): void {
  const made: Notice = { id: nextNotice++, ...notice };
  const others = store.get().notices.filter(each => each.text !== made.text || each.action !== undefined);
  store.set({ notices: [...others.slice(-2), made] });
}

export function dropNotice(store: HomeStore, id: number): void {
  store.set({ notices: store.get().notices.filter(each => each.id !== id) });
}
