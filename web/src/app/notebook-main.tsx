// The entry of `/notebooks/…` and `/d/…`: the page's frame at once, the file and JupyterLab's code side by side behind it.
import { createRoot } from 'react-dom/client';
import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import { config } from '../api/config';
import { notebookAddress } from '../api/files';
import { documentIdOf, notebookPathOf, type OpenFault } from '../core/notebook-address';
import { NotebookPage } from '../features/notebook/page/NotebookPage';
import { readNotebook, readShared, writeFreshNotebook } from '../features/notebook/read-notebook';
import { Page } from '../features/notebook/store';
import { chosenLanguage, startTranslations } from '../ui/i18n';
import { startTheme } from '../ui/theme';
import { narrow } from '../ui/use-media';
import '../ui/tokens.css';

const loadNotebook = () => Promise.all([import('../features/notebook/lab/start'), import('../features/outputs')]);

/** `document` is the one of a share link, null for a notebook that is known by its path. */
async function openNotebook(page: Page, host: HTMLElement, loading: ReturnType<typeof loadNotebook>, document: string | null): Promise<void> {
  const fail = (fault: OpenFault) => page.store.set({ opening: { kind: 'failed', fault } });
  const reading = await (document === null ? readNotebook(page.state.path) : readShared(document));
  if (reading.kind === 'own') return location.replace(notebookAddress(reading.path) + location.hash);
  if (reading.kind === 'failed') return fail(reading.fault);
  const { path, name, role, owner, isLent } = reading.notebook;
  page.store.set({ path, name, role, owner, isLent });
  try {
    const [{ startNotebook }, outputs] = await loading;
    await startNotebook({ page, host, read: reading.notebook, mimeExtensions: outputs.outputMimeExtensions, plugins: outputs.outputPlugins });
  } catch (error) {
    console.error(error);
    if (page.state.opening.kind !== 'open') fail({ kind: 'page', message: error instanceof Error ? error.message : String(error) });
  }
}

async function start(): Promise<void> {
  startTheme(config.account?.theme);
  const loading = loadNotebook();
  loading.catch(() => undefined); // told where it is awaited
  const path = notebookPathOf(location.pathname, config.base_url);
  const page = new Page(config.account, path ?? '', matchMedia(narrow).matches);
  const shared = documentIdOf(location.pathname, config.base_url);
  if (path === null && shared === null) page.store.set({ opening: { kind: 'failed', fault: { kind: 'no-notebook' } } });
  await startTranslations(chosenLanguage(config.account?.locale), ['notebook', 'outputs', 'common']);
  const startFresh = () => void writeFreshNotebook(page.state.path).then(() => location.reload(), (error: Error) => page.tell({ text: error.message, tone: 'danger' }));
  const root = document.getElementById('root');
  if (root) createRoot(root).render(<NotebookPage page={page} onStartFresh={startFresh} onHost={host => (path !== null || shared !== null) && void openNotebook(page, host, loading, shared)} />);
}

void start();
