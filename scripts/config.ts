// A workspace's subscriptions as a file: npm run config -- export|diff|import, beside a running app.

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { uuidv7 } from 'uuidv7';
import { type Document, isNode, LineCounter, parseDocument, stringify } from 'yaml';
import { environment, readConfig } from '../src/config.ts';
import { Refusal } from '../src/errors.ts';
import { startFailure } from '../src/setup-guide.ts';
import { type ConfigStore, openConfig, type Read } from '../src/store/config.ts';
import { accountWord, type ConfigProblem, changes, filterWords } from '../src/subscription/config.ts';
import { type Work, workOn } from '../src/terminal.ts';

const USAGE = `Usage: npm run config -- export [file]          writes the subscriptions as YAML, or prints them
       npm run config -- diff <file>            says what an import would change, and changes nothing
       npm run config -- import <file>          changes it, all at once or not at all

  --workspace T…   which workspace, where the app is in several
  --prune          takes away what is not in the file; without it, that stays
  --help           this text

The app may run meanwhile; channels are told what changed. Exit codes: 0 done, or nothing differs; 2 (diff) something differs; 1 something is wrong.`;

/** Milliseconds. */
const PATIENCE = 10_000;

class Wrong extends Error {}

interface Asked {
  verb: string;
  file: string | null;
  workspace: string | null;
  prune: boolean;
}

function asked(args: string[]): Asked | null {
  let read: ReturnType<typeof parse>;
  try {
    read = parse(args);
  } catch (error) {
    throw new Wrong(`${(error as Error).message}\n\n${USAGE}`);
  }
  const { values, positionals } = read;
  const [verb = '', file = null, ...more] = positionals;
  if (values.help || verb === '') return null;
  if (!['export', 'diff', 'import'].includes(verb))
    throw new Wrong(`“${verb}” is none of export, diff, import.\n\n${USAGE}`);
  if (more.length > 0) throw new Wrong(`One file at a time; I do not know what to do with “${more[0]}”.`);
  if (file === null && verb !== 'export')
    throw new Wrong(`Name the file: npm run config -- ${verb} subscriptions.yaml`);
  return { verb, file, workspace: values.workspace ?? null, prune: values.prune ?? false };
}

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: { workspace: { type: 'string' }, prune: { type: 'boolean' }, help: { type: 'boolean' } },
  });

const head = `# Which channel hears of what. \`npm run config -- diff\` says what an import of this file would change.
# An entry without an id is a new one. \`look\` takes the options of the subscribe command. Types and rules are best copied from an export.
`;

interface Written {
  value: unknown;
  where(path: PropertyKey[]): string;
}

function readYaml(file: string): Written {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Wrong(`${file} cannot be read (${(error as { code?: string }).code ?? 'unknown error'}).`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) throw new Wrong(`${file} is not YAML: ${error.message.split('\n')[0]}`);
  return { value: document.toJS({ maxAliasCount: 100 }), where: (path) => lineOf(document, lines, path) };
}

/** `line 7`, of whatever is nearest to it in the file. */
function lineOf(document: Document, lines: LineCounter, path: PropertyKey[]): string {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return `line ${lines.linePos(node.range[0]).line}`;
  }
  return 'line 1';
}

function problemsIn(problems: ConfigProblem[], { where }: Written, file: string): string {
  const all = problems.map(
    ({ path, message }) => `  ${file}, ${where(path)}: ${path.map(String).join('.') || 'the file'} ${message}`,
  );
  const shown = all.slice(0, 20);
  const more = all.length > shown.length ? `\n  … and ${all.length - shown.length} more` : '';
  return `Nothing was changed. ${all.length === 1 ? 'One thing is' : `${all.length} things are`} wrong:\n${shown.join('\n')}${more}`;
}

function differs({ difference, accounts }: Extract<Read, { ok: true }>, prune: boolean): string[] {
  const { add, change, remove, same } = difference;
  const named = (each: { channelId: string; connectionId: string; filter: Parameters<typeof filterWords>[0] }) =>
    `${each.channelId}  ${accountWord(each.connectionId, accounts)}  ${filterWords(each.filter)}`;
  return [
    ...add.map((each) => `+ ${named(each)}  ${each.kinds.join(' ')}`),
    ...change.map(({ before, after }) => `~ ${named(before)}: ${changes(before, after).join('; ')}`),
    ...remove.map(
      (each) => `${prune ? '-' : '·'} ${named(each)}${prune ? '' : '  (not in the file; it stays without --prune)'}`,
    ),
    `${add.length} new, ${change.length} changed, ${prune ? remove.length : 0} taken away, ${same + (prune ? 0 : remove.length)} as before.`,
  ];
}

/** Public channels; where that fails, somebody has to invite the app, and is told so. */
async function enter(channels: Iterable<string>, token: string, apiUrl: URL): Promise<string[]> {
  const closed: string[] = [];
  for (const channel of new Set(channels)) {
    const answer = await fetch(new URL('conversations.join', apiUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ channel }).toString(),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    })
      .then((response) => response.json() as Promise<{ ok?: boolean; error?: string }>)
      .catch(() => ({ ok: false, error: 'Slack did not answer' }));
    if (answer.ok !== true)
      closed.push(
        `! I could not enter ${channel} (${answer.error ?? 'no reason given'}): if I am not in it, type /invite there.`,
      );
  }
  return closed;
}

async function run({ verb, file, prune }: Asked, store: ConfigStore, apiUrl: URL, work: Work): Promise<number> {
  if (verb === 'export') {
    const found = await store.exported();
    work.over();
    const text = head + stringify(found, { lineWidth: 0 });
    if (file === null) process.stdout.write(text);
    else {
      writeFileSync(file, text, { mode: 0o600 });
      process.stdout.write(`${found.subscriptions.length} subscriptions of ${found.workspace} are in ${file}.\n`);
    }
    return 0;
  }
  const written = readYaml(file ?? '');
  let read = await store.compare(written.value);
  if (!read.ok) throw new Wrong(problemsIn(read.problems, written, file ?? ''));
  const closed: string[] = [];
  if (verb === 'import') {
    // Before anything is said there.
    const fresh = read.difference.add.map((each) => each.channelId);
    if (fresh.length > 0) closed.push(...(await enter(fresh, await store.botToken(), apiUrl)));
    // Somebody may have changed something meanwhile: what counts is what was there when it was done.
    read = await store.apply(written.value);
    if (!read.ok) throw new Wrong(problemsIn(read.problems, written, file ?? ''));
  }
  work.over();
  const { add, change, remove } = read.difference;
  const isDifferent = add.length + change.length + (prune ? remove.length : 0) > 0;
  const last =
    verb === 'import'
      ? isDifferent
        ? 'Done, all of it. The channels are told.'
        : 'Nothing had to be changed.'
      : isDifferent
        ? `Nothing was changed yet: npm run config -- import ${file}${prune ? ' --prune' : ''} does it.`
        : 'Nothing differs.';
  process.stdout.write(`${[...differs(read, prune), ...closed, last].join('\n')}\n`);
  return verb === 'diff' && isDifferent ? 2 : 0;
}

async function main(args: string[]): Promise<number> {
  let ask: Asked | null;
  try {
    ask = asked(args);
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    process.stderr.write(`✗ ${error.message}\n`);
    return 1;
  }
  if (ask === null) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const read = readConfig(environment());
  if (!read.ok) {
    const named = read.problems.map(({ name, problem }) => `  ${name} ${problem}`).join('\n');
    process.stderr.write(`✗ The app’s settings are not complete, so I do not know its database:\n${named}\n`);
    return 1;
  }
  const { config } = read;
  let store: ConfigStore | null = null;
  const work = workOn(process.stderr);
  try {
    work.now(ask.verb === 'import' ? 'Changing the subscriptions' : 'Reading the subscriptions');
    store = await openConfig(
      { url: config.databaseUrl, folder: config.dataDir, keys: config.encryptionKeys },
      { workspace: ask.workspace, prune: ask.prune, command: config.commandName, newId: uuidv7 },
    );
    return await run(ask, store, config.slackApiUrl, work);
  } catch (error) {
    work.over();
    if (error instanceof Refusal || error instanceof Wrong) {
      process.stderr.write(`✗ ${error.message}\n`);
      return 1;
    }
    // The class alone: a driver's words may quote an address with its password.
    const { name, code } = (error ?? {}) as { name?: string; code?: string };
    const said = startFailure(error, config) ?? `The database could not be used (${code ?? name ?? 'unknown error'}).`;
    process.stderr.write(`✗ Nothing was changed. ${said}\n`);
    return 1;
  } finally {
    await store?.close();
  }
}

process.exitCode = await main(process.argv.slice(2));
