// S22: what is installed comes from one registry, whole and unchanged, runs nothing of its own, may be used, is counted, and each direct part has its reason.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Locked {
  version?: string;
  resolved?: string;
  integrity?: string;
  license?: string;
  dev?: boolean;
  optional?: boolean;
  link?: boolean;
  hasInstallScript?: boolean;
}

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const ours = JSON.parse(read('package.json')) as Record<
  'dependencies' | 'devDependencies' | 'optionalDependencies',
  Record<string, string>
> & {
  scripts: Record<string, string>;
  allowScripts: Record<string, boolean>;
};
const lock = JSON.parse(read('package-lock.json')) as { lockfileVersion: number; packages: Record<string, Locked> };
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');
const installed = locked.filter(([, each]) => !each.dev && !each.optional);
const direct = { ...ours.dependencies, ...ours.devDependencies, ...ours.optionalDependencies };

/** What may be used in a product under MIT, unchanged and unlinked. */
const permissive = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  'CC0-1.0',
];
/** Only for who works on it: never shipped. */
const forWork = [...permissive, 'MPL-2.0', 'Python-2.0', 'CC-BY-4.0'];

describe('the lock file', () => {
  it('holds a hash of every package, and no address but the registry’s', () => {
    expect(lock.lockfileVersion).toBe(3);
    expect(locked.length).toBeGreaterThan(100);
    for (const [path, { integrity, resolved, link }] of locked) {
      expect([path, integrity]).toEqual([path, expect.stringMatching(/^sha512-[A-Za-z0-9+/]{86}==$/)]);
      expect([path, resolved ?? 'https://registry.npmjs.org/']).toEqual([
        path,
        expect.stringMatching(/^https:\/\/registry\.npmjs\.org\//),
      ]);
      expect([path, link]).toEqual([path, undefined]);
    }
  });

  it('agrees with package.json, where every version is exact', () => {
    for (const [name, version] of Object.entries(direct)) {
      expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
      expect([name, lock.packages[`node_modules/${name}`]?.version]).toEqual([name, version]);
    }
  });
});

describe('what is installed', () => {
  it('needs no script of its own: `npm ci --ignore-scripts` is what CI and the image do', () => {
    expect(locked.filter(([, each]) => each.hasInstallScript && !each.dev).map(([path]) => path)).toEqual([]);
    expect(Object.keys(ours.scripts).filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([]);
    // Those for work on it do without theirs, and npm need not ask about them.
    const scripted = locked
      .filter(([, each]) => each.hasInstallScript)
      .map(([path]) => path.replace('node_modules/', ''));
    expect(ours.allowScripts).toEqual(Object.fromEntries(scripted.map((name) => [name, false])));
    for (const file of ['.ci/run', 'Dockerfile'])
      for (const line of read(file).match(/^.*\bnpm ci --.*$/gm) ?? [])
        expect([file, line]).toEqual([file, expect.stringContaining('--ignore-scripts')]);
  });

  it('may be used: permissive licences in the product, and nothing unknown beside it', () => {
    const terms = (license = 'none') => license.replace(/[()]/g, '').split(/ (?:AND|OR) /);
    const wrong = locked.filter(
      ([, each]) => !terms(each.license).every((term) => (each.dev ? forWork : permissive).includes(term)),
    );
    expect(wrong.map(([path, each]) => `${path}: ${each.license}`)).toEqual([]);
  });

  it('is as many packages as docs/security.md says', () => {
    expect(read('docs/security.md')).toContain(`${installed.length} packages`);
    expect(read('docs/security.md')).toContain(`${Object.keys(ours.dependencies).length} of them directly`);
  });

  it('has a reason for each direct part in docs/decisions.md', () => {
    const decisions = read('docs/decisions.md');
    const missing = Object.keys(direct).filter(
      (name) => !new RegExp(`(?<![\\w@/-])${name.replace('/', '\\/')}(?![\\w/-])`).test(decisions),
    );
    expect(missing).toEqual([]);
  });
});
