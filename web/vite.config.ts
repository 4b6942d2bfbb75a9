// How the page is built: three HTML entries (home, notebook, output frame), relative addresses so that any path prefix works.
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { devConfig, jupyterAssets, packageUrlsInCss, requireEnsure } from './vite/jupyter';
import { thirdParty } from './vite/third-party';

const here = (path: string) => resolve(import.meta.dirname, path);

export default defineConfig({
  base: './',
  plugins: [jupyterAssets(), packageUrlsInCss(), requireEnsure(), devConfig(), thirdParty()],
  define: {
    'process.env.NODE_ENV': JSON.stringify(process.env['NODE_ENV'] ?? 'production'),
    'process.env.NODE_DEBUG': 'false',
    'process.env.JEST_WORKER_ID': 'undefined',
    global: 'globalThis',
    __dirname: '"/"', // MathJax asks for it; webpack answers the same
  },
  oxc: { jsx: { runtime: 'automatic' } },
  resolve: {
    alias: [
      { find: /^@mermaid-js\/layout-elk$/, replacement: here('vite/no-elk.ts') }, // EPL code and 1.3 MB for one layout
      { find: /^(ajv|ajv-formats|@rjsf\/validator-ajv8)(\/.*)?$/, replacement: here('vite/ajv.ts') }, // ajv makes code at run time
      { find: /^~(.*)$/, replacement: `${here('node_modules')}/$1` },
    ],
  },
  build: {
    target: 'es2022',
    sourcemap: false,
    chunkSizeWarningLimit: 5000,
    manifest: true,
    rollupOptions: {
      input: [here('index.html'), here('notebook.html'), here('frame.html')],
      // What home and notebook share comes in few pieces: each is a request of its own.
      output: { codeSplitting: { groups: [{ name: 'react', test: /node_modules[\\/](react|react-dom|scheduler|lucide-react)[\\/]/ }] } },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '^/(api|files|terminals|nbconvert)': { target: process.env['ALLMENDE_URL'] ?? 'http://127.0.0.1:8080', ws: true } },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}', 'frame/**/*.test.ts'] },
});
