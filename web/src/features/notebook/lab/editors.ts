// CodeMirror for the cells: JupyterLab's languages, themes and extensions, and names that screen readers can say.
import { EditorView, keymap } from '@codemirror/view';
import type { Extension } from '@codemirror/state';
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { type CodeEditor, IEditorServices } from '@jupyterlab/codeeditor';
import { bindingPlugin, languagePlugin, themePlugin } from '@jupyterlab/codemirror-extension/lib/services';
import { CodeMirrorEditorFactory, CodeMirrorMimeTypeService, EditorExtensionRegistry, IEditorExtensionRegistry, IEditorLanguageRegistry, IEditorThemeRegistry } from '@jupyterlab/codemirror';
import type { YCodeCell } from '@jupyter/ydoc';
import { ITranslator } from '@jupyterlab/translation';
import { remoteCursors } from './remote-cursors';

const labels = new WeakMap<CodeEditor.IModel, string>();

/** What the editor of this model is called from its next update on. */
export function nameEditor(model: CodeEditor.IModel, label: string): boolean {
  if (labels.get(model) === label) return false;
  labels.set(model, label);
  return true;
}

/** Undo takes back one's own words alone, in words rather than letters. The browser's would take back whatever was drawn last. */
function undoOf({ sharedModel }: CodeEditor.IModel): Extension {
  const [undo, redo] = [() => sharedModel.undo() !== undefined, () => sharedModel.redo() !== undefined];
  const always = { preventDefault: true };
  return [
    keymap.of([{ key: 'Mod-z', run: undo, ...always }, { key: 'Mod-y', run: redo, ...always }, { key: 'Mod-Shift-z', run: redo, ...always }]),
    EditorView.domEventHandlers({
      beforeinput: event => {
        const deed = { historyUndo: undo, historyRedo: redo }[event.inputType];
        if (!deed) return false;
        event.preventDefault();
        return deed();
      },
    }),
  ];
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
    registry.addExtension({ name: 'allmende:undo', factory: ({ model }) => EditorExtensionRegistry.createImmutableExtension(undoOf(model)) });
    registry.addExtension({ name: 'allmende:remote-cursors', factory: ({ model: { sharedModel } }) => {
      const { ysource, awareness } = sharedModel as YCodeCell;
      return awareness ? EditorExtensionRegistry.createImmutableExtension(remoteCursors(ysource, awareness)) : null;
    } });
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
