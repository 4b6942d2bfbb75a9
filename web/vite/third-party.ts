// Writes assets/THIRD_PARTY.txt into the build: every package whose code is in the bundle, with its licence text.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

interface Manifest {
  name: string;
  version: string;
  license?: string | { type: string };
}

function manifestAt(folder: string): Manifest | null {
  const file = join(folder, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

function licenceText(folder: string): string {
  const file = readdirSync(folder).find(name => /^(licen[cs]e|copying)/i.test(name));
  return file ? readFileSync(join(folder, file), 'utf8').trim() : 'The package carries no licence file; the line above is its own statement.';
}

function packageFolder(moduleId: string): string | null {
  const found = /^\0?(?:raw:)?(.*node_modules\/(?:@[^/]+\/)?[^/?]+)/.exec(moduleId);
  return found?.[1] ?? null;
}

export function thirdParty(): Plugin {
  return {
    name: 'third-party',
    apply: 'build',
    generateBundle() {
      const folders = new Set<string>();
      for (const id of this.getModuleIds()) {
        const folder = packageFolder(id);
        if (folder && existsSync(join(folder, 'package.json'))) folders.add(folder);
      }
      const entries = [...folders].flatMap(folder => {
        const manifest = manifestAt(folder);
        if (!manifest) return [];
        const licence = typeof manifest.license === 'string' ? manifest.license : (manifest.license?.type ?? 'not stated');
        return [{ title: `${manifest.name} ${manifest.version}`, text: `${manifest.name} ${manifest.version}\n${licence}\n\n${licenceText(folder)}\n` }];
      });
      entries.sort((a, b) => (a.title < b.title ? -1 : 1));
      const head = `The page of Allmende contains code of these ${entries.length} packages, with thanks to their authors.\n`;
      this.emitFile({ type: 'asset', fileName: 'assets/THIRD_PARTY.txt', source: [head, ...entries.map(e => e.text)].join(`\n${'-'.repeat(80)}\n\n`) });
    },
  };
}
