import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';

export const outputMimeExtensions: IRenderMime.IExtensionModule[] = [];
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const outputPlugins: JupyterFrontEndPlugin<any>[] = [];
