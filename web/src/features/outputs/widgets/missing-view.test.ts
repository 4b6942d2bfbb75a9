import { createErrorWidgetModel, createErrorWidgetView } from '@jupyter-widgets/base';
import { expect, it } from 'vitest';
import { tellErrorsAsText } from './missing-view';

it('tells of errors in text, whatever names the kernel has chosen', () => {
  tellErrorsAsText();
  const View = createErrorWidgetView(new Error('<img src=x>'), 'Failed to load <img src=x onerror=alert(1)>');
  const Model = createErrorWidgetModel(new Error('x'), 'x') as unknown as new (state: object, options: object) => never;
  const view = new View({ model: new Model({}, { model_id: 'm' }) } as never);
  view.render();
  view.el.click();
  expect([...view.el.querySelectorAll('*')].map((each: Element) => each.localName)).toEqual(['p']);
});
