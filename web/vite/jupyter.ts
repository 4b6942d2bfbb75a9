// What JupyterLab's packages expect of webpack, said to Vite.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';

const asString = (file: string) => `export default ${JSON.stringify(readFileSync(file, 'utf8'))}`;

/** JupyterLab imports its icons (.svg) and some styles (.raw.css) as strings. */
export function jupyterAssets(): Plugin {
  const raw = '\0raw:';
  return {
    name: 'jupyter-assets',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (!importer || !source.endsWith('.raw.css')) return null;
      const found = await this.resolve(source, importer, { skipSelf: true });
      return found ? `${raw}${found.id}.js` : null;
    },
    load(id) {
      if (id.startsWith(raw)) return asString(id.slice(raw.length, -'.js'.length));
      const file = id.split('?')[0] ?? id;
      if (!/node_modules\/@jupyter(lab)?\/.*\.svg$/.test(file)) return null;
      return { code: asString(file), moduleType: 'js' };
    },
  };
}

/** `url(~package/file)` in a stylesheet means the file of that package. */
export function packageUrlsInCss(): Plugin {
  const modules = resolve(import.meta.dirname, '../node_modules');
  return {
    name: 'package-urls-in-css',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('.css') || !code.includes('~')) return null;
      return { code: code.replace(/url\((['"]?)~/g, `url($1${modules}/`), map: null };
    },
  };
}

/** jupyterlab-manager loads its controls with webpack's `require.ensure`. */
export function requireEnsure(): Plugin {
  return {
    name: 'require-ensure',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('jupyterlab-manager/lib/plugin.js')) return null;
      const replaced = code.replace(/require\.ensure\([\s\S]*?'@jupyter-widgets\/controls'\);/, "import('@jupyter-widgets/controls').then(resolve, reject);");
      return { code: replaced, map: null };
    },
  };
}

/** In development no server fills the configuration: a signed-out page with the base address `/`. */
export function devConfig(): Plugin {
  return {
    name: 'dev-config',
    apply: 'serve',
    transformIndexHtml: html => html.replace('__ALLMENDE_CONFIG__', JSON.stringify({ base_url: '/', version: 'dev', account: null, locale: 'en' })),
  };
}
