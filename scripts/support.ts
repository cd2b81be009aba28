// What a maintainer needs to help, without secrets and anybody's data: npm run support

import { release } from 'node:os';
import { environment, readConfig, SETTING_NAMES } from '../src/config.ts';
import { lacking } from '../src/slack/scopes.ts';
import { type CheckUp, checkUp } from '../src/store/check-up.ts';
import { workOn } from '../src/terminal.ts';
import { version } from '../src/version.ts';

const env = environment();
const read = readConfig(env);

/** The doctor's findings; they name states and counts, and ids of Slack's for people, which are hidden here. */
async function memory(): Promise<object> {
  if (!read.ok) return { notLookedAt: 'settings are missing or wrong' };
  const { config } = read;
  try {
    const found: CheckUp = await checkUp({
      url: config.databaseUrl,
      folder: config.dataDir,
      keys: config.encryptionKeys,
      hasPublicUrl: config.publicUrl !== null,
      lacking,
      checkEveryMs: 3_600_000,
    });
    const findings = found.findings.map(({ what }) => what.replace(/\b[TUWCDGE][A-Z0-9]{6,}\b/g, '[id]'));
    return { engine: found.engine, clockMs: found.clockMs, ledger: found.ledger, findings };
  } catch (error) {
    const { name, code } = (error ?? {}) as { name?: string; code?: string };
    return { notLookedAt: code ?? name ?? 'unknown error' };
  }
}

const work = workOn(process.stderr);
work.now('Looking at the database');
const bundle = {
  version,
  node: process.version,
  system: `${process.platform} ${process.arch} ${release()}`,
  // Names alone: which are set, and which of them are wrong.
  set: SETTING_NAMES.filter((name) => env[name]),
  wrong: read.ok ? [] : read.problems.map(({ name }) => name),
  ...(read.ok ? { mode: read.config.slackAppToken ? 'socket' : 'http', hooks: read.config.publicUrl !== null } : {}),
  memory: await memory(),
};
work.over();
process.stdout.write(`${JSON.stringify(bundle, null, 2)}\n`);
