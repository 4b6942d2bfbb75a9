// Runs scripts that are outputs themselves (`application/javascript`): `element` is where they may draw, as in Jupyter.

function anchor(id: string): HTMLElement {
  const element = document.createElement('div');
  element.id = id;
  element.style.display = 'contents';
  return element;
}

function sayWhatFailed(root: HTMLElement, error: unknown): void {
  const line = document.createElement('pre');
  line.className = 'frame-error';
  line.textContent = String(error);
  root.append(line);
}

/** Runs the scripts in order in an emptied root; the first that fails ends it and is told in its place. */
export function runScripts(root: HTMLElement, scripts: readonly string[], anchors: readonly string[]): void {
  const element = document.createElement('div');
  root.replaceChildren(...anchors.map(anchor), element);
  try {
    for (const script of scripts) new Function('element', script)(element);
  } catch (error) {
    console.error(error);
    sayWhatFailed(root, error);
  }
}
