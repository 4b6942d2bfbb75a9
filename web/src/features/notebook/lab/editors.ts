// CodeMirror for the cells: JupyterLab's languages, themes and extensions, and names that screen readers can say.
import { EditorView } from '@codemirror/view';
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { type CodeEditor, IEditorServices } from '@jupyterlab/codeeditor';
import { bindingPlugin, languagePlugin, themePlugin } from '@jupyterlab/codemirror-extension/lib/services';
import { CodeMirrorEditorFactory, CodeMirrorMimeTypeService, EditorExtensionRegistry, IEditorExtensionRegistry, IEditorLanguageRegistry, IEditorThemeRegistry } from '@jupyterlab/codemirror';
import { ITranslator } from '@jupyterlab/translation';

const labels = new WeakMap<CodeEditor.IModel, string>();

/** What the editor of this model is called from its next update on. */
export function nameEditor(model: CodeEditor.IModel, label: string): boolean {
  if (labels.get(model) === label) return false;
  labels.set(model, label);
  return true;
}

const extensions: JupyterFrontEndPlugin<IEditorExtensionRegistry> = {
  id: 'allmende:editor-extensions',
  description: 'The extensions of the editors.',
  requires: [IEditorThemeRegistry, ITranslator],
  provides: IEditorExtensionRegistry,
  activate: (_app, themes: IEditorThemeRegistry, translator: ITranslator) => {
    const registry = new EditorExtensionRegistry();
    for (const each of EditorExtensionRegistry.getDefaultExtensions({ themes, translator })) registry.addExtension(each);
    registry.addExtension({
      name: 'allmende:label',
      factory: ({ model }) => EditorExtensionRegistry.createImmutableExtension(EditorView.contentAttributes.of(() => ({ 'aria-label': labels.get(model) ?? '' }))),
    });
    return registry;
  },
};

const services: JupyterFrontEndPlugin<IEditorServices> = {
  id: 'allmende:editor-services',
  description: 'Makes editors.',
  requires: [IEditorLanguageRegistry, IEditorExtensionRegistry, ITranslator],
  provides: IEditorServices,
  activate: (_app, languages: IEditorLanguageRegistry, registry: IEditorExtensionRegistry, translator: ITranslator) => ({
    factoryService: new CodeMirrorEditorFactory({ languages, extensions: registry, translator }),
    mimeTypeService: new CodeMirrorMimeTypeService(languages),
  }),
};

export const editors = [languagePlugin, themePlugin, bindingPlugin, extensions, services];
