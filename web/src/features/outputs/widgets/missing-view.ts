// What stands where a widget cannot be shown: which code it needs, and what it is. All of it is text, because all of it comes from the kernel.
import { ErrorWidgetView, type LayoutModel } from '@jupyter-widgets/base';
import { isCoreModule } from '../../../core/outputs-widget-state';
import { t } from '../../../ui/i18n';
import { PlainView } from './models';

const shown = (text: unknown, most: number): string => String(text ?? '').slice(0, most);

export function note(words: string): HTMLElement {
  const line = document.createElement('p');
  line.className = 'al-output-note';
  line.textContent = words;
  return line;
}

export function plainText(text: string): HTMLElement {
  const block = document.createElement('pre');
  block.className = 'al-output-text';
  block.textContent = text;
  return block;
}

/** The module a model's view needs, with its version where another version of it is here. */
function moduleOf(get: (name: string) => unknown): string {
  const name = shown(get('_view_module') ?? get('_model_module'), 100);
  return isCoreModule(name, '') ? `${name} ${shown(get('_view_module_version'), 30)}`.trim() : name;
}

export class MissingView extends PlainView {
  override render(): void {
    const get = (name: string): unknown => this.model.get(name);
    const name = shown(get('_model_name'), 100);
    const words = this.isInside ? `${t('widget.module', { module: moduleOf(get) })} (${name})` : t('widget.module', { module: moduleOf(get) });
    this.el.replaceChildren(note(words));
  }

  /** Whether another widget shows it; else its output tells more about it. */
  get isInside(): boolean {
    return Reflect.get(Object(this.options), 'parent') !== undefined;
  }

  override setLayout(_layout: LayoutModel): void {}
}

/** ipywidgets writes its errors as HTML, with names the kernel has chosen in them. Here they are text. */
export function tellErrorsAsText(): void {
  ErrorWidgetView.prototype.render = function (this: ErrorWidgetView): void {
    const { msg, stack } = this.generateErrorMessage();
    console.error(stack);
    this.el.replaceChildren(note(t('widget.failed', { reason: shown(msg, 300) })));
  };
}
