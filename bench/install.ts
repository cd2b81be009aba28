// What a production install weighs: `npm ci --omit=dev` of this very lock file into an empty folder, without the Node runtime.

import { execFile } from 'node:child_process';
import { copyFileSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface Install {
  megabytes: number;
  packages: number;
  /** Names of packages that would run something while being installed. */
  installScripts: string[];
}

interface Manifest {
  gypfile?: boolean;
  scripts?: Record<string, string>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
/** The packages that bring Node itself, one for each platform. */
const isRuntime = (name: string) => /^node-(bin-)?(linux|darwin|win)-/.test(name);

export async function productionInstall(): Promise<Install> {
  const folder = mkdtempSync(join(tmpdir(), 'calendly-bench-install-'));
  try {
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(root, file), join(folder, file));
    const words = ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    await promisify(execFile)('npm', words, { cwd: folder, timeout: 180_000 });
    const modules = join(folder, 'node_modules');
    const lock = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'));
    const places = Object.keys(lock.packages).filter((place) => !isRuntime(nameOf(place)));
    const runtime = readdirSync(modules).filter(isRuntime);
    const bytes = weight(modules) - runtime.reduce((sum, name) => sum + weight(join(modules, name)), 0);
    return {
      megabytes: bytes / 1024 / 1024,
      packages: places.length,
      installScripts: places.filter((place) => runsSomething(join(folder, place))).map(nameOf),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const nameOf = (place: string) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

function runsSomething(folder: string): boolean {
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const scripts = ['preinstall', 'install', 'postinstall'].filter((name) => manifest.scripts?.[name]);
  // npm builds a package with a binding.gyp by itself unless the package says otherwise.
  const isBuilt = readdirSync(folder).includes('binding.gyp') && manifest.gypfile !== false;
  return scripts.length > 0 || isBuilt;
}

/** Bytes as the disk counts them, in whole blocks. */
function weight(path: string): number {
  const stat = lstatSync(path);
  const own = stat.blocks === undefined ? stat.size : stat.blocks * 512;
  if (!stat.isDirectory()) return own;
  return readdirSync(path).reduce((sum, name) => sum + weight(join(path, name)), own);
}
