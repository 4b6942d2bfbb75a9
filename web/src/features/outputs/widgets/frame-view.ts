// A widget with foreign code in the page: a place for a frame in which it runs. Works among other widgets, in boxes and tabs.
import { type LayoutModel, WidgetModel } from '@jupyter-widgets/base';
import type { Message } from '@lumino/messaging';
import { FrameHost } from '../frame-host';
import { WidgetLink } from './link';
import { PlainView } from './models';

/** Of a layout, what the place has to follow; everything else is followed inside the frame. */
const ofPlace = ['width', 'min_width', 'max_width', 'margin', 'flex', 'align_self', 'order', 'grid_area', 'grid_row', 'grid_column', 'visibility'] as const;

export class FrameView extends PlainView {
  readonly #host = new FrameHost();

  override render(): void {
    this.el.classList.add('jupyter-widgets', 'al-frame-widget');
    this.el.append(this.#host.node);
    this.#host.show(new WidgetLink(this.model));
  }

  override processLuminoMessage(message: Message): void {
    super.processLuminoMessage(message);
    if (message.type === 'after-attach') this.#host.attach();
    if (message.type === 'before-detach') this.#host.detach();
  }

  override remove(): this {
    this.#host.detach();
    return super.remove();
  }

  override setLayout(layout: LayoutModel, before?: LayoutModel): void {
    if (before instanceof WidgetModel) this.stopListening(before);
    if (!(layout instanceof WidgetModel)) return;
    const follow = () => {
      for (const name of ofPlace) {
        const value: unknown = layout.get(name);
        this.el.style.setProperty(name.replaceAll('_', '-'), typeof value === 'string' ? value : '');
      }
    };
    this.listenTo(layout, 'change', follow);
    follow();
  }
}
