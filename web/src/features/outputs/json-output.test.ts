import { expect, it } from 'vitest';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { JsonOutput } from './json-output';

const mimeType = 'application/json';

async function drawn(value: unknown, wishes: object = {}): Promise<HTMLElement> {
  const output = new JsonOutput({ mimeType } as IRenderMime.IRendererOptions);
  await output.renderModel({ data: { [mimeType]: value }, metadata: { [mimeType]: wishes } } as unknown as IRenderMime.IMimeModel);
  return output.node;
}

const opened = (node: HTMLElement) => [...node.querySelectorAll('details')].map(each => each.open);

it('opens its first level, and all of them when it shall', async () => {
  const value = { herd: { sheep: [1, 2] } };
  expect(opened(await drawn(value))).toEqual([true, false]);
  expect(opened(await drawn(value, { expanded: true, root: 'farm' }))).toEqual([true, true, true]);
});

it('writes values as they are in JSON, and nothing as markup', async () => {
  const node = await drawn({ '<b>': '<img src=x>', none: null, yes: true, many: 1.5, empty: [] });
  expect([...node.querySelectorAll('.al-json-leaf')].map(each => each.textContent)).toEqual(['<b>: "<img src=x>"', 'none: null', 'yes: true', 'many: 1.5']);
  expect(node.querySelectorAll('img, b').length).toBe(0);
});

it('draws a long list in parts', async () => {
  const node = await drawn(Array.from({ length: 250 }, (_, i) => i));
  const leaves = () => node.querySelectorAll('.al-json-leaf').length;
  const counts = [leaves()];
  for (let more = node.querySelector('button'); more; more = node.querySelector('button')) {
    more.click();
    counts.push(leaves());
  }
  expect(counts).toEqual([100, 200, 250]);
});
