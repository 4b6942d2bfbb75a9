// The file says which kernel and which language it was written with; a kernel that is new to it is written down.
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { JSONExt, type PartialJSONValue } from '@lumino/coreutils';

function put(panel: NotebookPanel, key: 'kernelspec' | 'language_info', value: PartialJSONValue): void {
  const before: PartialJSONValue | undefined = panel.model?.getMetadata(key);
  if (panel.isDisposed || (before !== undefined && JSONExt.deepEqual(before, value))) return;
  panel.model?.setMetadata(key, value);
}

export async function keepMetadata(panel: NotebookPanel, kernel: Kernel.IKernelConnection): Promise<void> {
  const [spec, info] = await Promise.all([kernel.spec.catch(() => undefined), kernel.info]);
  if (spec) put(panel, 'kernelspec', { name: kernel.name, display_name: spec.display_name, language: spec.language });
  put(panel, 'language_info', JSONExt.deepCopy(info.language_info as unknown as PartialJSONValue));
}
