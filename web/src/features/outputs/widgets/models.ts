// Widgets whose code does not run in the page: the page keeps their state and passes it on. Nothing in it is looked into but the layout.
import { DOMWidgetView, unpack_models, WidgetModel } from '@jupyter-widgets/base';
import { copyOf } from '../../../../frame/values';

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

/** A model whose code is nowhere here. */
export class MissingModel extends KeptModel {}

/** A view that takes no classes, titles or styles from the state, and no messages. */
export class PlainView extends DOMWidgetView {
  override setStyle(): void {}
  override update_classes(): void {}
  override updateTooltip(): void {}
  override handle_message(): void {}
}
