// Plot libraries that outputs load from a public address, by default: without the network they come from here.
import plotly from 'plotly.js-strict-dist-min?url';
import vega from 'vega/build/vega.min.js?url';
import vegaEmbed from '../node_modules/vega-embed/build/vega-embed.min.js?url';
import vegaLite from 'vega-lite/build/vega-lite.min.js?url';

const known: readonly (readonly [RegExp, string])[] = [
  [/\/vega@[^/]*$/, vega],
  [/\/vega-lite@[^/]*$/, vegaLite],
  [/\/vega-embed@[^/]*$/, vegaEmbed],
  [/\/plotly-[\d.]+(\.min)?\.js$|\/plotly\.js(-dist-min)?@[^/]*(\/.*)?$/, plotly],
];

const hosts = /^https:\/\/(cdn\.jsdelivr\.net|unpkg\.com|cdn\.plot\.ly|cdnjs\.cloudflare\.com)\//;

/** Our file for a public address, when we have the library; null otherwise. */
export function findLibrary(address: string): string | null {
  if (!hosts.test(address)) return null;
  const bare = address.replace(/[?#].*$/, '');
  return known.find(([pattern]) => pattern.test(bare))?.[1] ?? null;
}
