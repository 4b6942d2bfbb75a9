// The core widgets. Two of them show HTML as it comes; here it is sanitised first. The handles of sliders have names.
import type { WidgetModel, WidgetView } from '@jupyter-widgets/base';
import * as controls from '@jupyter-widgets/controls';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { t } from '../../../ui/i18n';

type Classes = Record<string, typeof WidgetModel | typeof WidgetView>;

type SliderView = new (...given: any[]) => controls.DescriptionView & { createSlider(): void }; // eslint-disable-line @typescript-eslint/no-explicit-any

/** The handles say what is moved: the slider's description, or what kind of widget it is. */
function nameHandles({ el, label }: controls.DescriptionView): void {
  const words = label?.textContent?.trim() || t('widget.slider');
  for (const handle of el.querySelectorAll('.noUi-handle')) handle.setAttribute('aria-label', words);
}

function named(View: SliderView): SliderView {
  return class extends View {
    override createSlider(): void {
      super.createSlider();
      nameHandles(this);
    }

    override updateDescription(): void {
      super.updateDescription();
      nameHandles(this);
    }
  };
}

const sliders = ['IntSliderView', 'IntRangeSliderView', 'FloatSliderView', 'FloatLogSliderView', 'FloatRangeSliderView', 'SelectionSliderView', 'SelectionRangeSliderView'] as const;

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

  const all = controls as unknown as Classes;
  const withNames = Object.fromEntries(sliders.map(name => [name, named(all[name] as unknown as SliderView)])) as unknown as Classes;
  return { ...all, ...withNames, HTMLView: SafeHTMLView, HTMLMathView: SafeHTMLMathView };
}
