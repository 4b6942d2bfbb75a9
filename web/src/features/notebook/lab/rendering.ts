// How outputs and text cells become widgets: JupyterLab's renderers, links that stay in our page, its sanitizer.
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISanitizer, Sanitizer } from '@jupyterlab/apputils';
import { ILatexTypesetter, IMarkdownParser, IRenderMimeRegistry, RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { ITranslator } from '@jupyterlab/translation';
import { addressOf } from '../../../api/config';
import { notebookAddress } from '../../../api/files';
import { mayHoldMath } from '../../../core/has-math';

const sanitizer: JupyterFrontEndPlugin<ISanitizer> = {
  id: 'allmende:sanitizer',
  description: 'Takes from HTML what could act.',
  provides: ISanitizer,
  activate: () => new Sanitizer(),
};

/** Where a link to a file of the drive leads: notebooks open as notebooks, other files as the home page shows them. */
function addressOfFile(path: string, id: string): string {
  if (path.toLowerCase().endsWith('.ipynb')) return notebookAddress(path) + id;
  return addressOf(`?file=${encodeURIComponent(path)}`);
}

/** Sets formulas, and is not loaded before there is one: by itself JupyterLab loads it with the first text cell. */
function whenNeeded(typesetter: IRenderMime.ILatexTypesetter): IRenderMime.ILatexTypesetter {
  return { typeset: host => (mayHoldMath(host.textContent ?? '') ? typesetter.typeset(host) : undefined) };
}

const rendermime: JupyterFrontEndPlugin<IRenderMimeRegistry> = {
  id: 'allmende:rendermime',
  description: 'The renderers of outputs.',
  optional: [ILatexTypesetter, ISanitizer, IMarkdownParser, ITranslator],
  provides: IRenderMimeRegistry,
  activate: (_app, latexTypesetter: ILatexTypesetter, clean: ISanitizer, markdownParser: IMarkdownParser, translator: ITranslator) =>
    new RenderMimeRegistry({
      initialFactories: standardRendererFactories,
      linkHandler: {
        handleLink: (node, path, id) => {
          if (node.hasAttribute('download')) return;
          node.addEventListener('click', event => {
            event.preventDefault();
            open(addressOfFile(path, id ?? ''), '_blank', 'noopener');
          });
        },
      },
      latexTypesetter: whenNeeded(latexTypesetter), markdownParser, translator, sanitizer: clean,
    }),
};

export const rendering = [sanitizer, rendermime];
