// What `npm start` prints when the app cannot start: what is missing or wrong, and how to put it right.

import { type Config, MISSING, PLACEHOLDER, type Problem } from './config.ts';

export interface GuideFacts {
  /** A fresh key, ready to paste: 32 random bytes as base64. */
  encryptionKey: string;
  /** As in `process.version`. */
  nodeVersion: string;
}

/** The app uses what came with this one: SQLite and Temporal without flags. */
const OLDEST_NODE = 26;
const WIDTH = 100;
const MOST_LINES = 30;
const STEPS = ['SLACK_SIGNING_SECRET', 'SLACK_BOT_TOKEN', 'ENCRYPTION_KEY', 'PUBLIC_URL'];

/** At most 30 lines of at most 100 columns, the last one ended. Pure. */
export function setupGuide(problems: readonly Problem[], facts: GuideFacts): string {
  const open = new Set(problems.filter(isOpen).map(({ name }) => name));
  const isNew = open.has('SLACK_BOT_TOKEN') && open.has('ENCRYPTION_KEY');
  const others = isNew ? problems.filter((problem) => !(isOpen(problem) && STEPS.includes(problem.name))) : problems;
  const head = isNew
    ? firstSteps(
        facts,
        open.has('SLACK_SIGNING_SECRET'),
        problems.some(({ problem }) => problem === PLACEHOLDER),
      )
    : ['The app cannot start yet. Please set right:'];
  if (isNew && others.length > 0) head.push('5. Set right:');
  const foot = [
    isNew
      ? 'Then:  npm start'
      : 'Settings come from the environment and from the file .env here; .env.example explains each.',
    ...nodeHint(facts.nodeVersion),
  ];
  return `${[...head, ...describe(others, facts, MOST_LINES - head.length - foot.length), ...foot].join('\n')}\n`;
}

/** Not filled in yet, rather than filled in wrongly. */
function isOpen({ problem }: Problem): boolean {
  return problem === MISSING || problem === PLACEHOLDER;
}

function firstSteps({ encryptionKey }: GuideFacts, asksForSigningSecret: boolean, isCopied: boolean): string[] {
  return [
    'Welcome! The app is not set up yet. To try it right now, without any account:  npm run demo',
    '',
    isCopied
      ? 'To set it up, fill in the file .env here:'
      : 'To set it up, run  cp .env.example .env  and fill in the file .env:',
    '1. Make the Slack app. Print its manifest, with the address at which Slack reaches this machine:',
    '     npm run manifest -- --url https://your.host',
    '   At https://api.slack.com/apps choose Create New App, From a manifest, paste it. Then Install App.',
    '   No way in for Slack? Say --socket instead of --url, and set SLACK_APP_TOKEN.',
    '2. Copy from its settings there:',
    ...(asksForSigningSecret ? ['     SLACK_SIGNING_SECRET   Basic Information, App Credentials, Signing Secret'] : []),
    '     SLACK_BOT_TOKEN        OAuth & Permissions, Bot User OAuth Token (it begins with xoxb-)',
    '3. Add this key, made for you just now. It seals the tokens in the database: keep a copy of it.',
    `     ENCRYPTION_KEY=${encryptionKey}`,
    '4. Add the address of step 1, so that Calendly can tell the app of bookings at once:',
    '     PUBLIC_URL=https://your.host',
  ];
}

/** With the cures if they fit in `room` lines; else one line a problem, and at worst the number of those left out. */
function describe(problems: readonly Problem[], facts: GuideFacts, room: number): string[] {
  const withCures = problems.flatMap((problem) => [sentence(problem), ...cure(problem, facts)]);
  if (withCures.length <= room) return withCures;
  const lines = problems.map(sentence);
  return lines.length <= room ? lines : [...lines.slice(0, room - 1), `  … and ${lines.length - room + 1} more.`];
}

function sentence({ name, problem }: Problem): string {
  return `  ${name} ${problem}.`;
}

function cure(problem: Problem, { encryptionKey }: GuideFacts): string[] {
  const lines = wrap(problem.cure, WIDTH - 4);
  // A new key cannot open what an old one sealed, so it is offered only where there is none yet.
  if (problem.name === 'ENCRYPTION_KEY' && isOpen(problem)) lines.push(`A fresh one:  ENCRYPTION_KEY=${encryptionKey}`);
  return lines.map((line) => `    ${line}`);
}

function nodeHint(version: string): string[] {
  const major = Number.parseInt(version.replace(/^v/, ''), 10);
  if (major >= OLDEST_NODE) return [];
  return [
    `This is Node ${version}, and the app needs Node ${OLDEST_NODE}:  npm ci  brings it along, and npm start uses it.`,
  ];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

type Settings = Pick<Config, 'port' | 'host' | 'dataDir' | 'databaseUrl'>;

/** A sentence with its cure for what else commonly stops a start, or null: then only the stack helps. Pure. */
export function startFailure(error: unknown, { port, host, dataDir, databaseUrl }: Settings): string | null {
  const { name, code, syscall, errstr } = (error ?? {}) as Record<string, string | undefined>;
  if (name === 'SealError')
    return 'The data was sealed with another key. Put the earlier key behind the new one in ENCRYPTION_KEY, after a comma.';
  if (code === 'ERR_SQLITE_ERROR')
    return `The database in ${dataDir} cannot be used: ${errstr}. See that this user may write there and that the disk is not full, or put a backup in its place.`;
  if (syscall === 'listen' || (syscall === 'getaddrinfo' && !databaseUrl)) {
    if (code === 'EADDRINUSE')
      return `Port ${port} is taken by another program. Stop that one, or set PORT to a free one.`;
    return code === 'EACCES'
      ? `This user may not listen on port ${port}. Set PORT to one above 1023.`
      : `This machine has no address ${host}. Set HOST to 0.0.0.0 for all of its addresses, or to 127.0.0.1.`;
  }
  if (syscall === 'mkdir')
    return `The data folder ${dataDir} cannot be made (${code}). Set DATA_DIR to a folder this user may write to.`;
  if (!databaseUrl) return null;
  if (code === '28P01' || code === '28000') return 'PostgreSQL refuses the user or the password in DATABASE_URL.';
  if (code === '3D000')
    return 'PostgreSQL has no database of the name in DATABASE_URL. Create it, or correct the name.';
  if (code === '42501')
    return 'The user in DATABASE_URL may not create tables. Grant it: GRANT CREATE ON SCHEMA public.';
  return code === 'ENOTFOUND' ? 'The host in DATABASE_URL is not known. Correct it.' : null;
}
