// Widgets whose code does not run in the page: the page keeps their state and passes it on. Nothing in it is looked into but the layout.
import { DOMWidgetView, unpack_models, WidgetModel } from '@jupyter-widgets/base';
import type { ModelNews, WidgetState } from '../../../../frame/protocol';
import { copyOf } from '../../../../frame/values';
import { sizeOf } from './outbox';
import { tell, tellChange, tellMessage } from './told';

type Manager = Parameters<typeof unpack_models>[1];

/** A model the page only keeps. References to other models stay what they are in the kernel's messages. */
export class KeptModel extends WidgetModel {
  static override serializers = {
    ...WidgetModel.serializers,
    layout: { deserialize: (value: unknown, manager: Manager) => unpack_models(value as Parameters<typeof unpack_models>[0], manager).catch(() => null) },
  };

  /** State may hold bytes, which the default would lose. As the default does, it changes what it is given: that is what is sent. */
  override serialize(state: Parameters<WidgetModel['serialize']>[0]): ReturnType<WidgetModel['serialize']> {
    return Object.assign(state, copyOf(state)) as ReturnType<WidgetModel['serialize']>;
  }
}

/** What a model was when it was first shown, and what has become of it since, as long as that is not much. */
interface Beginning {
  readonly told: WidgetState;
  readonly news: ModelNews[];
}

const mostNews = 100;
const mostSize = 8 * 1024 * 1024;

/** A model for a frame. Its module is to see all that happens once it is shown, but a kernel does not wait until there is a frame. */
export class FramedModel extends KeptModel {
  #beginning: Beginning | null = null;
  #hasBegun = false;
  readonly #key = {};

  /** It is shown; the first time, what happens from now on is kept for the first frame. */
  begin(): void {
    if (this.#hasBegun || !this.comm_live) return;
    this.#hasBegun = true;
    const news: ModelNews[] = [];
    this.#beginning = { told: tell(this), news };
    let size = 0;
    const keep = (each: ModelNews | null) => {
      if (!each) return;
      news.push(each);
      size += sizeOf(each);
      if (news.length > mostNews || size > mostSize) this.#end();
    };
    this.on('change', () => keep(tellChange(this, Object.keys(this.changedAttributes() || {}))), this.#key);
    this.on('msg:custom', (content: unknown, buffers?: readonly (DataView | ArrayBuffer)[]) => keep(tellMessage(this, content, buffers)), this.#key);
  }

  /** How the model began and what has become of it; the first frame is told so. Null for all others: they are told what it is. */
  takeBeginning(): Beginning | null {
    const beginning = this.#beginning;
    this.#end();
    return beginning;
  }

  #end(): void {
    this.#beginning = null;
    this.off(undefined, undefined, this.#key);
  }
}

/** A model whose code is nowhere here. */
export class MissingModel extends KeptModel {}

/** A view that takes no classes, titles or styles from the state, and no messages. */
export class PlainView extends DOMWidgetView {
  override setStyle(): void {}
  override update_classes(): void {}
  override updateTooltip(): void {}
  override handle_message(): void {}
}
