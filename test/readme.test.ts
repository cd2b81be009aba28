// README and the guides hold what they promise: commands run, links lead somewhere, tables agree with the code.

import { type ExecFileException, execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withSettings } from '../scripts/settings.ts';
import { readConfig, SETTING_NAMES } from '../src/config.ts';
import { decide } from '../src/delivery/retry.ts';
import { metrics } from '../src/metrics.ts';
import { verbs } from '../src/slack/commands/index.ts';
import { textsFor } from '../src/texts/index.ts';
import { goals } from './faults/goals.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');
const operations = read('docs/operations.md');
const pages = ['README.md', 'CHANGELOG.md', ...readdirSync(join(root, 'docs')).flatMap(page)];

function page(name: string): string[] {
  return name.endsWith('.md') ? [`docs/${name}`] : [];
}

/** The cells of a Markdown table's rows, its two head rows left out. */
function rowsOf(table: string): string[][] {
  const lines = table.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}

function section(text: string, title: string): string {
  const from = text.indexOf(`## ${title}\n`);
  expect(from, `the section “${title}”`).toBeGreaterThan(-1);
  return text.slice(from).split(/\n## /, 1)[0] ?? '';
}

const codes = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map((found) => found[1] ?? '');

const folder = mkdtempSync(join(tmpdir(), 'readme-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command in the project as a person with no settings would. */
function run(command: string): Promise<{ code: number; said: string }> {
  const kept = Object.entries(process.env).filter(([name]) => !(SETTING_NAMES as readonly string[]).includes(name));
  const env = { ...Object.fromEntries(kept), NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile('sh', ['-c', command], { cwd: root, env, timeout: 60_000 }, (error: ExecFileException | null, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, said: out + err }),
    );
  });
}

/** Lines that a test of its own runs, or what runs the tests; each with the words there that prove it. */
const ci: [file: string, proof: string] = ['.ci/run', 'npm ci --ignore-scripts --no-audit'];
const faults: [file: string, proof: string] = ['.ci/run', 'npm run --silent faults -- --fast'];
const backups: [file: string, proof: string] = ['test/stories/a-backup-brings-all-back.test.ts', "script('restore'"];
const inChromium: [file: string, proof: string] = ['.ci/run', 'tests browser test:browser'];
const runElsewhere: Record<string, [file: string, proof: string]> = {
  'npm ci': ci,
  'npm ci && npm test': ['.ci/run', 'tests sqlite test'],
  'npm ci && npm run build': ['test/stories/the-built-app-is-the-same.test.ts', 'scripts/build.ts'],
  'npm run check': ['.ci/run', 'npm run --silent check'],
  'npm run test:browser': inChromium,
  'SCREENSHOTS=docs/images npm run test:browser': ['test/browser/demo.ts', 'process.env.SCREENSHOTS'],
  'npm run demo': ['test/browser/demo.ts', "spawn('npm', ['run', 'demo']"],
  'npm run replay -- test/fixtures/calendly/webhooks/examples/invitee.created.json': [
    'test/commands.test.ts',
    'examples/invitee.created.json',
  ],
  'npm run faults -- --fast': faults,
  // The same script and the same goals as the short set, for longer; what their words mean is asked in test/commands.test.ts.
  'npm run faults': faults,
  'npm run faults -- R1 R24': ['test/commands.test.ts', "['faults', ['nonsense']"],
  'npm run faults -- --control': ['test/controls.test.ts', 'controls'],
  'npm run bench': ['test/commands.test.ts', "['bench', ['nonsense']"],
  'npm run bench -- acks latency': ['test/commands.test.ts', "['bench', ['nonsense']"],
  'npm run bench -- --profile ./profiles': ['test/commands.test.ts', "['bench', ['nonsense']"],
  'npm run bench -- --quick': ['test/commands.test.ts', "['bench', ['nonsense']"],
  'npm run backup -- /var/backups/calendly-for-slack': backups,
  'npm run restore -- /var/backups/calendly-for-slack/2026-11-28T09-00-00-000Z.db': backups,
};

/** They need Docker, systemd or Fly.io, which a test machine has not got: test/deploy.test.ts holds the files they use, and runs what the image runs. */
const notHere = [
  'docker compose up -d',
  'docker compose exec app node scripts/doctor.ts',
  'docker compose exec app node scripts/backup.ts /data/backups',
  'docker compose cp app:/data/backups/. ./backups',
  'docker compose down',
  'sudo chown -R 1000 backups',
  'docker compose run --rm -v ./backups:/backups:ro app node scripts/restore.ts /backups/2026-11-28T09-00-00-000Z.db',
  'docker compose -f compose.postgresql.yaml up -d',
  'docker compose -f compose.postgresql.yaml build app-1',
  'docker compose -f compose.postgresql.yaml up -d --wait --no-deps app-1',
  'docker compose -f compose.postgresql.yaml up -d --wait --no-deps app-2',
  'docker compose -f compose.postgresql.yaml run --rm tools scripts/backup.ts /backups',
  'useradd --system calendly-for-slack',
  'cp deploy/calendly-for-slack.service /etc/systemd/system/',
  'systemctl enable --now calendly-for-slack',
  'fly auth login',
  'fly apps create my-name',
  'fly volumes create data --size 1 --config deploy/fly.toml',
  'fly secrets import --config deploy/fly.toml < .env',
  'fly deploy . --config deploy/fly.toml',
];

/** The lines of a page's shell blocks, without what is said about them. */
function commandLines(text: string): string[] {
  const blocks = [...text.matchAll(/^ *```(?:sh|bash)?\n([\s\S]*?)^ *```$/gm)].map((found) => found[1] ?? '');
  return blocks
    .flatMap((block) => block.split('\n'))
    .map((line) => line.replace(/ {2,}#.*$|\s#\s.*$/, '').trim())
    .filter((line) => /^(npm|npx|node|docker|fly|cp|sudo|useradd|systemctl|cloudflared|[A-Z]+=\S+ npm)\b/.test(line));
}

describe('the command lines', () => {
  const lines = pages.concat('CONTRIBUTING.md').flatMap((name) => commandLines(read(name)).map((line) => [name, line]));
  const all = [...new Set(lines.map(([, line = '']) => line))];
  const manifests = all.filter((line) => line.startsWith('npm run manifest'));
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  // What npm start runs, but in a folder of its own: a .env in this one would be somebody's real one.
  const start = `PATH='${join(root, 'node_modules/.bin')}':"$PATH"; ${scripts.start?.replace('src/', `${root}src/`)}`;

  it('are all run: here, by the test that is named, or by what tests the tests', () => {
    const here = ['cp .env.example .env', 'npm start', ...manifests];
    const elsewhere = Object.keys(runElsewhere);
    expect(lines.filter(([, line = '']) => ![...here, ...elsewhere, ...notHere].includes(line))).toEqual([]);
    // Nothing is excused that nobody reads any more.
    expect([...elsewhere, ...notHere].filter((line) => !all.includes(line))).toEqual([]);
    expect(manifests).toHaveLength(4);
  });

  it.each(Object.entries(runElsewhere))('%s is run by %s', (line, [file, proof]) => {
    expect(read(file), line).toContain(proof);
  });

  it('that need another machine name files, services and flags that there are', () => {
    const compose = ['compose.yaml', 'compose.postgresql.yaml'].map(
      (name) => parse(read(name)) as { services: object },
    );
    const services = compose.flatMap((each) => Object.keys(each.services));
    for (const line of notHere) {
      for (const [file] of line.matchAll(/\b(?:deploy|scripts|compose)[\w./-]*\.(?:ts|ya?ml|toml|service)\b/g))
        expect(existsSync(join(root, file)), `${file} in: ${line}`).toBe(true);
      const service = /compose.* (?:exec|build|run|--no-deps|cp)(?: --rm| -v \S+)* ([a-z][\w-]*)/.exec(line)?.[1];
      if (service) expect(services, line).toContain(service);
    }
  });

  it('name scripts that exist', () => {
    const named = pages.flatMap((name) =>
      [...read(name).matchAll(/npm run ([\w:-]+)/g)].map((found) => found[1] ?? ''),
    );
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it.each(manifests)('%s', async (line) => {
    const { code, said } = await run(line.replace('npm run', 'npm run --silent'));
    expect(code, said).toBe(0);
    expect(said).toContain(line.includes('--socket') ? 'socket_mode_enabled: true' : 'https://bookings.example.com');
    if (line.includes('--command')) expect(said).toContain('command: /bookings');
    if (line.includes('--name')) expect((JSON.parse(said) as { features: object }).features).toHaveProperty('bot_user');
  });

  it('npm start without settings says what to do', async () => {
    const { code, said } = await run(`cd '${folder}' && ${start}`);
    expect(code).toBe(1);
    expect(said).toContain('Welcome! The app is not set up yet.');
    expect(said).toContain('npm run manifest -- --url');
  });

  it('npm start with .env.example as it is says what to fill in', async () => {
    const { code, said } = await run(`cp .env.example '${folder}/.env' && cd '${folder}' && ${start}`);
    expect(code).toBe(1);
    for (const name of ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'ENCRYPTION_KEY', 'PUBLIC_URL'])
      expect(said).toContain(name);
    // It has just been copied.
    expect(said).toContain('fill in the file .env here');
    expect(said).not.toContain('cp .env.example');
  });
});

const { help } = textsFor('en');
const typed = (name: (typeof verbs)[number]['name']) => `${name} ${help.verbs[name].usage}`.trim();

describe('the tables', () => {
  it('list the commands as the help does', () => {
    const cell = (text: string) => text.replaceAll('{command}', '/calendly').replaceAll('|', '\\|');
    const expected = verbs.map((verb) => [
      `\`/calendly ${cell(typed(verb.name))}\``,
      cell(help.verbs[verb.name].summary),
    ]);
    expect(rowsOf(section(readme, 'Commands'))).toEqual(expected);
  });

  it('list the settings with their defaults', () => {
    const needed = {
      SLACK_BOT_TOKEN: 'xoxb-1-a',
      SLACK_SIGNING_SECRET: 'a'.repeat(16).replace('a', 'b'),
      ENCRYPTION_KEY: Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString('base64'),
    };
    const rows = rowsOf(section(readme, 'Settings')).map(([name = '', value = '']) => ({
      name: codes(name)[0] ?? '',
      value,
    }));
    expect(rows.map((row) => row.name).sort()).toEqual([...SETTING_NAMES].sort());
    const plain = readConfig(needed);
    expect(plain.ok).toBe(true);
    for (const { name, value } of rows) {
      const [written] = codes(value);
      if (value === 'needed') expect(needed, name).toHaveProperty(name);
      else if (written) expect(readConfig({ ...needed, [name]: written }), name).toEqual(plain);
      else expect(value, name).toBe('–');
    }
    expect(rows.filter((row) => row.value === 'needed')).toHaveLength(Object.keys(needed).length);
    // As `npm run settings` writes it, to the letter.
    expect(withSettings(readme)).toBe(readme);
  });

  it('offer the commands that the sandbox’s page suggests', () => {
    const suggested = [...read('sandbox/slack/page/commands.js').matchAll(/^ {2}\['(\w+)', '([^']*)'/gm)];
    const pairs = suggested.map(([, name, usage]) => `${name} ${usage}`.trim()).sort();
    expect(pairs).toEqual(verbs.map((verb) => typed(verb.name)).sort());
  });
});

describe('the links', () => {
  it.each(pages)('of %s lead to files that exist', (name) => {
    const links = [...read(name).matchAll(/\]\(([^)#\s]+)/g)].map((found) => found[1] ?? '');
    const inside = links.filter((link) => !/^[a-z]+:/.test(link));
    expect(inside.filter((link) => !existsSync(join(root, dirname(name), link)))).toEqual([]);
  });

  it('show pictures that load fast, and no picture is kept that nobody is shown', () => {
    const pictures = readdirSync(join(root, 'docs/images'));
    for (const name of pictures) expect(statSync(join(root, 'docs/images', name)).size, name).toBeLessThan(300_000);
    const shown = [...pages, 'CONTRIBUTING.md'].map(read).join('\n');
    expect(pictures.filter((name) => !new RegExp(`images/${name}[)"]`).test(shown))).toEqual([]);
  });
});

/** All of a folder's code, one text; with what its templates fill in left out, as in “…”. */
function codeIn(path: string): string {
  const files = readdirSync(join(root, path), { recursive: true, encoding: 'utf8' });
  return files
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(join(path, name)))
    .join('\n');
}

describe('docs/troubleshooting.md', () => {
  const guide = read('docs/troubleshooting.md');
  /** Each message with its gaps: what stands between them is said to the letter, in this order, on one line of the code. */
  const quoted = (title: string) =>
    rowsOf(section(guide, title)).map(([cell = '']) => codes(cell).flatMap((code) => code.split(/ ?… ?/)));
  const isSaid = (parts: string[], lines: string[]) =>
    lines.some((line) => {
      let at = 0;
      return parts.every((part) => {
        const found = line.indexOf(part, at);
        at = found + part.length;
        return found >= 0;
      });
    });

  it.each([
    ['When it does not start', 'src', 15],
    ['In Slack', 'src/texts', 35],
    ['In the log', 'src', 8],
  ])('%s: quotes what the app really says, from %s', (title, path, least) => {
    const lines = codeIn(path).split('\n');
    const messages = quoted(title);
    expect(messages.length).toBeGreaterThan(least);
    expect(messages.filter((parts) => !isSaid(parts, lines))).toEqual([]);
  });

  it('quotes Slack as the sandbox speaks for it', () => {
    const said = read('sandbox/slack/interact.ts');
    for (const words of ['failed with the error', 'dispatch_failed', 'operation_timeout', 'is not a valid command.'])
      expect(said).toContain(words);
    expect(said).toContain(quoted('What Slack itself says').at(-1)?.[0]);
  });
});

describe('docs/extending.md', () => {
  const named = rowsOf(read('docs/extending.md').replaceAll(/^(?!\|).*$/gm, '')).flatMap((cells) =>
    cells.flatMap(codes),
  );
  const paths = named.filter((code) =>
    /^(src|test|sandbox|docs|deploy|scripts)\/|^[\w.-]+\.(md|example)$|^\.env/.test(code),
  );

  it('names files that exist', () => {
    expect(paths.length).toBeGreaterThan(40);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('tells where a command, an event and a language go', () => {
    for (const title of ['A command', 'An event of Calendly’s', 'A language'])
      expect(rowsOf(section(read('docs/extending.md'), title)).length).toBeGreaterThan(3);
  });
});

describe('docs/security.md', () => {
  const guide = read('docs/security.md');
  const shown = rowsOf(section(guide, 'What is promised, and what shows it')).map(([id = '', , , where = '']) => ({
    id,
    where,
  }));
  /** `test/…` is a file or folder; a bare name is a story; of the faults the goals are named. */
  const exists = (name: string) =>
    goals.some(({ id }) => name === `npm run faults -- ${id}`) ||
    [`${name}.test.ts`, name, `test/stories/${name}.test.ts`].some((path) => existsSync(join(root, path)));

  it('names for each attack tests that exist', () => {
    expect(shown.length).toBeGreaterThan(18);
    for (const { id, where } of shown.filter((row) => row.where !== 'reading')) {
      expect(codes(where).length, id).toBeGreaterThan(0);
      expect(
        codes(where).filter((name) => !exists(name)),
        id,
      ).toEqual([]);
      // Words to be typed into a test are no test.
      expect(
        codes(where).some((name) => name.startsWith('test/') && existsSync(join(root, `${name}.ts`))),
        id,
      ).toBe(false);
    }
  });
});

describe('docs/operations.md', () => {
  const at = { op: 'post', attempt: 1, ageMs: 0, plain: false, kind: 'card' } as const;
  const refused = (error: string) => ({ kind: 'refused', error, detail: null }) as const;
  const half = () => 0.5;

  it('has the retry rules of the code', () => {
    const rows = rowsOf(section(operations, 'How often a message is tried')).map(
      ([says = '', does = '']) => [/\*\*(.*?)\*\*/.exec(does)?.[1], codes(says)] as const,
    );
    const listed = (rule: string) => {
      const found = rows.find(([name]) => name === rule)?.[1] ?? [];
      expect(found.length, rule).toBeGreaterThan(0);
      return found;
    };
    const days = { ...at, attempt: 11, ageMs: 2 * 86_400_000 };
    for (const code of listed('once more as plain text')) {
      expect(decide(refused(code), at, half), code).toMatchObject({ do: 'again', plain: true });
      expect(decide(refused(code), { ...at, plain: true }, half).do, code).toBe('dead');
    }
    for (const code of listed('pauses the channel'))
      expect(decide(refused(code), at, half), code).toMatchObject({ do: 'pause', what: 'channel' });
    for (const code of listed('pauses the workspace'))
      expect(decide(refused(code), at, half), code).toMatchObject({ do: 'pause', what: 'installation' });
    for (const code of listed('leaves it deleted'))
      expect(decide(refused(code), { ...at, op: 'edit' }, half).do, code).toBe('gone');
    for (const code of listed('says it in the thread'))
      expect(decide(refused(code), { ...at, op: 'edit' }, half).do, code).toBe('uneditable');
    for (const code of listed('brings the card back'))
      expect(decide(refused(code), { ...at, kind: 'reply' }, half).do, code).toBe('gone');
    for (const code of listed('tells somebody else'))
      expect(decide(refused(code), { ...at, kind: 'notice' }, half).do, code).toBe('dead');
    for (const code of listed('leaves it out'))
      expect(decide(refused(code), { ...at, kind: 'reply' }, half).do, code).toBe('drop_thread');
    for (const code of [...listed('tries for a day'), 'a_code_nobody_knows']) {
      expect(decide(refused(code), at, half).do, code).toBe('again');
      expect(['pause', 'dead'], code).toContain(decide(refused(code), days, half).do);
    }
    const unreached = { kind: 'not_sent', reason: 'no connection', retryAfterMs: null } as const;
    const unknown = { kind: 'ambiguous', reason: 'time-out' } as const;
    expect(decide(unreached, days, half).do).toBe('again');
    expect(decide(unknown, at, half).do).toBe('uncertain');
    expect(decide(unknown, { ...at, op: 'edit' }, half).do).toBe('again');
    expect(rows.filter(([name]) => name)).toHaveLength(12);
    const waits = rowsOf(section(operations, 'How often a message is tried')).filter(([first = '']) =>
      /^\d+$/.test(first),
    );
    expect(waits.length).toBeGreaterThan(10);
    const most = (outcome: Parameters<typeof decide>[0], attempt: number) => {
      const next = decide(outcome, { ...at, attempt, ageMs: attempt === 30 ? days.ageMs : 0 }, () => 1);
      return next.do === 'again' ? `${next.afterMs / 1_000} s` : 'the end';
    };
    for (const [attempt = '', outage = '', mending = ''] of waits) {
      expect(outage, attempt).toBe(most(unreached, Number(attempt)));
      expect(mending.split(',')[0], attempt).toBe(most(refused('a_code_nobody_knows'), Number(attempt)));
    }
  });

  it('alerts on metrics that there are', async () => {
    const { text } = await metrics().page(async () => ({ changes: {}, messages: {} }));
    const alerts = rowsOf(section(operations, 'Alerts to set')).flatMap(([alert = '']) => codes(alert));
    const named = alerts.flatMap((alert) => [...alert.matchAll(/(\w+)\{|\((\w+)\[/g)].map((m) => m[1] ?? m[2] ?? ''));
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !text.includes(`# TYPE ${name} `))).toEqual([]);
  });

  it('lists the metrics', async () => {
    const { text } = await metrics().page(async () => ({ changes: {}, messages: {} }));
    const ours = [...text.matchAll(/^# TYPE (\w+)/gm)].map((found) => found[1] ?? '');
    const named = rowsOf(section(operations, 'What to watch').split('| Metric')[1]?.replace(/^/, '| Metric') ?? '');
    const listed = named.flatMap(([name = '']) => codes(name));
    expect(listed.sort()).toEqual(ours.filter((name) => !/^(process|nodejs)_/.test(name)).sort());
  });
});
