// Builds the page: one HTML file with its script and its style in it, and a policy that lets nothing else run. Cosim puts
// the title and the data where the marks are.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

/** What the bundle may have, in bytes. */
const LARGEST = 600_000;

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The licences of the packages whose modules these are, each text once, as they ask to be told. */
function licences(modules: Iterable<string>): string {
  const packages = new Map<string, string>();
  for (const id of modules) {
    const [, folder, name] = /^\0?(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(id) ?? [];
    if (folder === undefined || packages.has(name)) continue;
    const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt'].map((file) => `${folder}/${file}`).find(existsSync);
    if (file === undefined) throw new Error(`${name} has no licence`);
    packages.set(name, readFileSync(file, 'utf8').trim());
  }
  const names = new Map<string, string[]>();
  for (const [name, text] of [...packages].sort()) names.set(text, [...(names.get(text) ?? []), name]);
  const told = [...names].map(([text, packages]) => `${packages.join(', ')}:\n\n${text}`);
  return `In this page are parts of these packages.\n\n${told.join('\n\n')}`.replace(/-{2,}/g, '-');
}

function onePage(): Plugin {
  return {
    name: 'one-page',
    enforce: 'post',
    generateBundle(_, bundle) {
      let script = '';
      let style = '';
      const modules: string[] = [];
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type === 'chunk') {
          script += file.code;
          modules.push(...Object.keys(file.modules));
        }
        else if (name.endsWith('.css')) style += String(file.source);
        delete bundle[name];
      }
      script = script.trim();
      style = style.trim();
      if (/<\/script|<!--/i.test(script) || /<\/style/i.test(style)) this.error('the bundle holds what ends its element');
      if (script.length + style.length > LARGEST) this.error(`the bundle has more than ${LARGEST} bytes`);
      const shell = readFileSync(new URL('page.html', import.meta.url), 'utf8');
      const put = (mark: string, text: string, into: string): string => {
        if (into.split(mark).length !== 2) this.error(`page.html must have ${mark} once`);
        return into.replace(mark, () => text);
      };
      const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`;
      let page = put('%policy%', policy, shell);
      page = put('%style%', style, page);
      page = put('%script%', script, page);
      page = put('%licences%', licences(modules), page);
      this.emitFile({ type: 'asset', fileName: 'page.html', source: page });
    },
  };
}

export default defineConfig({
  plugins: [onePage()],
  build: {
    target: 'es2022',
    modulePreload: false,
    cssCodeSplit: false,
    emptyOutDir: true,
    rollupOptions: { input: 'src/main.tsx', output: { format: 'iife', inlineDynamicImports: true } },
  },
});
