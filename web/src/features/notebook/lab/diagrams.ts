// Diagrams in text cells, drawn by mermaid; each is a picture, so it says in words what it is.
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IThemeManager } from '@jupyterlab/apputils';
import { IMermaidManager, IMermaidMarkdown, MermaidManager, MermaidMarkdown, RenderedMermaid } from '@jupyterlab/mermaid';
import { t } from '../../../ui/i18n';

class Diagrams extends MermaidManager {
  override makeMermaidFigure(drawn: IMermaidManager.IRenderInfo): HTMLElement {
    const figure = super.makeMermaidFigure(drawn);
    const image = figure.querySelector('img');
    if (image && !image.alt) image.alt = t('diagram', { text: drawn.text.replace(/\s+/g, ' ').trim().slice(0, 300) });
    return figure;
  }
}

const manager: JupyterFrontEndPlugin<IMermaidManager> = {
  id: 'allmende:diagrams',
  description: 'Draws diagrams.',
  requires: [IThemeManager],
  provides: IMermaidManager,
  activate: (_app, themes: IThemeManager) => {
    const made = new Diagrams({ themes });
    RenderedMermaid.manager = made;
    return made;
  },
};

const markdown: JupyterFrontEndPlugin<IMermaidMarkdown> = {
  id: 'allmende:diagrams-in-text',
  description: 'Draws what stands in text cells as ```mermaid.',
  requires: [IMermaidManager],
  provides: IMermaidMarkdown,
  activate: (_app, mermaid: IMermaidManager) => new MermaidMarkdown({ mermaid }),
};

export const diagrams = [manager, markdown];
