// Whether a text can be opened as a notebook, before anybody tries.
import { jsonFault } from './json-place';

export type NotebookFault =
  | { readonly kind: 'empty' }
  | { readonly kind: 'json'; readonly line: number; readonly column: number }
  | { readonly kind: 'newer'; readonly nbformat: number }
  | { readonly kind: 'older'; readonly nbformat: number }
  | { readonly kind: 'shape'; readonly missing: 'nbformat' | 'cells' };

export function findNotebookFault(text: string): NotebookFault | null {
  if (text.trim() === '') return { kind: 'empty' };
  const fault = jsonFault(text);
  if (fault) return { kind: 'json', line: fault.line, column: fault.column };
  const notebook = Object(JSON.parse(text)) as { nbformat?: unknown; cells?: unknown };
  if (typeof notebook.nbformat !== 'number') return { kind: 'shape', missing: 'nbformat' };
  if (notebook.nbformat > 4) return { kind: 'newer', nbformat: notebook.nbformat };
  if (notebook.nbformat < 4) return { kind: 'older', nbformat: notebook.nbformat };
  if (!Array.isArray(notebook.cells)) return { kind: 'shape', missing: 'cells' };
  return null;
}
