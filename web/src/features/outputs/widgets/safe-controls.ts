// The core widgets. Two of them show HTML as it comes; here it is sanitised first.
import type { WidgetModel, WidgetView } from '@jupyter-widgets/base';
import * as controls from '@jupyter-widgets/controls';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';

type Classes = Record<string, typeof WidgetModel | typeof WidgetView>;

export function safeControls(sanitizer: IRenderMime.ISanitizer): Classes {
  class SafeHTMLView extends controls.HTMLView {
    override update(): void {
      const value: unknown = this.model.get('value');
      this.content.innerHTML = sanitizer.sanitize(String(value ?? ''));
      controls.StringView.prototype.update.call(this);
    }
  }

  class SafeHTMLMathView extends controls.HTMLMathView {
    override update(): void {
      const value: unknown = this.model.get('value');
      this.content.innerHTML = sanitizer.sanitize(String(value ?? ''));
      this.typeset(this.content);
      controls.StringView.prototype.update.call(this);
    }
  }

  return { ...(controls as unknown as Classes), HTMLView: SafeHTMLView, HTMLMathView: SafeHTMLMathView };
}
