// The entry of `/notebooks/…`: the page's frame at once, the file and JupyterLab's code side by side behind it.
import { createRoot } from 'react-dom/client';
import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import { config } from '../api/config';
import { notebookPathOf, type OpenFault } from '../core/notebook-address';
import { NotebookPage } from '../features/notebook/page/NotebookPage';
import { readNotebook, writeFreshNotebook } from '../features/notebook/read-notebook';
import { Page } from '../features/notebook/store';
import { chosenLanguage, startTranslations } from '../ui/i18n';
import { startTheme } from '../ui/theme';
import { narrow } from '../ui/use-media';
import '../ui/tokens.css';

const loadNotebook = () => Promise.all([import('../features/notebook/lab/start'), import('../features/outputs')]);

async function openNotebook(page: Page, host: HTMLElement, loading: ReturnType<typeof loadNotebook>): Promise<void> {
  const fail = (fault: OpenFault) => page.store.set({ opening: { kind: 'failed', fault } });
  const reading = await readNotebook(page.state.path);
  if (reading.kind === 'failed') return fail(reading.fault);
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
  if (path === null) page.store.set({ opening: { kind: 'failed', fault: { kind: 'no-notebook' } } });
  await startTranslations(chosenLanguage(config.account?.locale), ['notebook', 'outputs', 'common']);
  const startFresh = () => void writeFreshNotebook(page.state.path).then(() => location.reload(), (error: Error) => page.tell({ text: error.message, tone: 'danger' }));
  const root = document.getElementById('root');
  if (root) createRoot(root).render(<NotebookPage page={page} onStartFresh={startFresh} onHost={host => path !== null && void openNotebook(page, host, loading)} />);
}

void start();
