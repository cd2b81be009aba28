// Starts the process, and stops it cleanly on SIGTERM or Ctrl-C.

import { flushCompileCache } from 'node:module';
import type { Config } from './config.ts';

const { environment, readConfig } = await import('./config.ts');
const { Refusal } = await import('./errors.ts');

const [flag] = process.argv.slice(2);
if (flag !== undefined) {
  const { version } = await import('./version.ts');
  const usage =
    'Usage: npm start [-- --version]\n\nThe settings come from the environment, or from .env: see .env.example.\n';
  if (flag === '--version') process.stdout.write(`calendly-for-slack ${version}, Node ${process.version}\n`);
  else if (flag === '--help') process.stdout.write(usage);
  else process.stderr.write(`✗ I do not know ${flag}.\n${usage}`);
  process.exit(['--version', '--help'].includes(flag) ? 0 : 2);
}

let config: Config | undefined;
try {
  const read = readConfig(environment());
  if (!read.ok) {
    const { setupGuide } = await import('./setup-guide.ts');
    const { randomBytes } = await import('node:crypto');
    process.stderr.write(
      setupGuide(read.problems, { encryptionKey: randomBytes(32).toString('base64'), nodeVersion: process.version }),
    );
    process.exit(1);
  }
  config = read.config;
  const { logger } = await import('./log.ts');
  const { startApp } = await import('./app.ts');
  const log = logger(read.config.logLevel);
  // A rejection that nobody awaited is our bug, but no reason to drop everybody else's work.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise was rejected and nobody listened'));
  const app = await startApp(read.config, log);
  // Written now and not at the end, so that a process that is killed leaves it behind too: starts are faster and need less memory with it.
  setTimeout(flushCompileCache, 2_000).unref();

  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), 10_000).unref();
    app
      .leave()
      .then(app.stop)
      .then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'stopping failed');
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
} catch (error) {
  const { startFailure } = await import('./setup-guide.ts');
  const said = error instanceof Refusal ? error.message : config && startFailure(error, config);
  if (!said) throw error;
  process.stderr.write(`${said}\n`);
  process.exit(1);
}
