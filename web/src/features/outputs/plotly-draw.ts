// Draws with Plotly's strict build, which makes no code at run time.
import Plotly from 'plotly.js-strict-dist-min';
import { darkFigure, figureOf, hostNeededBy, withoutForeignImages } from '../../core/outputs-plot';
import { t } from '../../ui/i18n';
import type { Draw } from './plot-output';

export const draw: Draw = async (place, data, look) => {
  const read = figureOf(data);
  if (!read) throw new Error('no traces');
  const host = hostNeededBy(read);
  if (host) throw new Error(t('plot.outside', { host }));
  const plain = withoutForeignImages(read);
  const { data: traces, layout, frames, config } = look.dark ? darkFigure(plain, look.dark) : plain;
  const fixed = typeof layout['width'] === 'number';
  await Plotly.newPlot(place, {
    data: traces,
    layout: fixed ? layout : { autosize: true, ...layout },
    frames,
    config: { ...config, displaylogo: false, responsive: false, showSendToCloud: false, showEditInChartStudio: false, plotlyServerURL: '' },
  });
  return {
    resize: () => {
      if (!fixed && place.isConnected) void Plotly.Plots.resize(place);
    },
    dispose: () => Plotly.purge(place),
  };
};
