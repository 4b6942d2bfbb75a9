// A notebook as one Python file: code as it stands, text and the notebook's own magic as comments.
import { joinedText, type NotebookContent } from './notebook-content';

const isMagic = (line: string) => /^\s*[%!?]|\?\s*$/.test(line) && !/^\s*#/.test(line);

const commented = (text: string): string => text.split('\n').map(line => (line ? `# ${line}` : '#')).join('\n');

function codeText(source: string): string {
  if (/^\s*%%/.test(source)) return commented(source); // a cell magic rules the whole cell
  return source.split('\n').map(line => (isMagic(line) ? `# ${line}` : line)).join('\n');
}

/** Cells are parted by `# %%`, which editors know. */
export function pythonScript(notebook: NotebookContent): string {
  const parts = notebook.cells.filter(cell => joinedText(cell.source).trim() !== '').map(cell => {
    const source = joinedText(cell.source);
    return cell.cell_type === 'code' ? `# %%\n${codeText(source)}\n` : `# %% [markdown]\n${commented(source)}\n`;
  });
  return parts.join('\n');
}
