// Promise: no secret and nobody's data is in anything the app's processes print: logs at their most talkative, errors, a crash, metrics, and what the tools say.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ask as askSlack, modalSaying } from './people.ts';
import { processWorld, runMain } from './process.ts';
import { ask, eventually, follow, hookOf, inDatabase, webhook } from './view.ts';
import { connect, type World } from './world.ts';

/** Each stands for what must never be printed, and can be found in no other word. */
const person = {
  name: 'Quillon Zebulon',
  email: 'quillon.zebulon@kanarie.example',
  phone: '+1 555 0177 4242',
  answer: 'My xylograph is broken',
  question: 'Which xylograph?',
  guest: 'zweitgast@kanarie.example',
  reason: 'Because of the yttrium',
};

async function tool(name: string, env: Record<string, string>, ...words: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tool-'));
  const script = fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url));
  const child = spawn(process.execPath, [script, ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  await once(child, 'close');
  rmSync(folder, { recursive: true });
  return said;
}

it('not in a whole life of the app', { timeout: 240_000 }, async () => {
  const clientSecret = randomBytes(20).toString('hex');
  const w = await processWorld({ LOG_LEVEL: 'trace' });
  const story = w as unknown as World;
  const printed: string[] = [];
  const first = await w.start();
  printed.push(
    await connect(
      w,
      'eyJraWQiOiIxY2UxZTEzNjE3ZGNmNzY2YjNjZWJjY2Y4ZGM1YmFmYThhNjVlNjg0MDIzZjdjMzJiZTgzNDliMjM4MDEzNWI0',
    ),
  );
  await connect(w);
  const sales = await follow(w, 'all booked canceled rescheduled noshow');
  await askSlack(story, 'ann', 'sales', `subscribe all domain:kanarie.example`).catch(() => null);
  const booking = w.calendly.book({
    name: person.name,
    email: person.email,
    answers: [{ question: person.question, answer: person.answer }],
    guests: [person.guest],
    location: { type: 'outbound_call', location: person.phone },
  });
  const card = await sales.shows(person.name);
  // People act, and are refused.
  await askSlack(story, 'ann', 'sales', `why ${person.email}`);
  await w.slack.as('bo').click(card, 'Cancel…');
  await modalSaying(story, 'bo', /Only Olga/);
  await askSlack(story, 'bo', 'sales', `admin erase ${person.email}`);
  w.calendly.move(booking, { reason: person.reason });
  await sales.shows(person.name, /moved/i);
  // Slack is unwell, Calendly is refused, and what comes in is broken.
  w.slack.faults.add({ method: 'chat.postMessage', kind: 'http', status: 500, times: 2 });
  w.calendly.book({ name: person.name, email: person.email, answers: [{ question: 'x', answer: person.answer }] });
  const hook = hookOf(w);
  const body = (payload: unknown) => JSON.stringify({ event: 'invitee.created', created_at: 'never', payload });
  await webhook(
    w,
    body({ uri: person.email, name: person.name, email: [person.email], scheduled_event: person.answer }),
  );
  await webhook(w, body({ uri: `https://api.calendly.com/x/${person.email}`, questions_and_answers: person.answer }));
  await webhook(w, `{"event": "${person.name}", ${person.email}`);
  await webhook(w, body({ name: person.name }), { key: 'not the key' });
  await ask(`${w.url}/calendly/webhooks/${person.email}`, { method: 'POST', body: person.answer });
  w.calendly.faults.add({ match: 'GET /users/me', times: 1, kind: { status: 401 } });
  await askSlack(story, 'ann', 'sales', 'verify');
  printed.push((await ask(`${w.url}/metrics`)).text, (await ask(`${w.url}/readyz`)).text);
  // The database is broken under it: what fails then must quote nothing.
  await inDatabase(w.storage, 'alter table booking rename to elsewhere');
  w.calendly.book({ name: person.name, email: person.email });
  await eventually(async () => /level":"(error|warn)/.test(first.stdout()), { what: 'the app to complain' });
  await askSlack(story, 'ann', 'sales', `why ${person.email}`).catch(() => null);
  await inDatabase(w.storage, 'alter table elsewhere rename to booking');
  for (const name of ['doctor.ts', 'support.ts']) printed.push(await tool(name, w.env));
  printed.push(await tool('backup.ts', w.env, join(w.storage.folder || tmpdir(), 'copies')));
  printed.push(await tool('rotate-keys.ts', w.env));
  await first.kill9();

  // A crash, a wrong key, and settings that are wrong.
  const second = await w.start();
  second.child.kill('SIGABRT');
  await second.ended;
  const wrongKey = runMain({ ...w.env, ENCRYPTION_KEY: randomBytes(32).toString('base64') });
  await wrongKey.ended;
  const wrong = runMain({ ...w.env, CALENDLY_CLIENT_SECRET: clientSecret, SLACK_BOT_TOKEN: `xoxp-${clientSecret}` });
  await wrong.ended;
  printed.push(await tool('erase.ts', w.env, person.email));
  printed.push(await tool('support.ts', { ...w.env, ENCRYPTION_KEY: 'nonsense' }));
  for (const process of [first, second, wrongKey, wrong]) printed.push(process.stdout(), process.stderr());

  const secrets: Record<string, string> = {
    ...person,
    surname: 'Zebulon',
    'digits of the phone': '0177 4242',
    'the bot token': w.slack.botToken,
    'the signing secret': w.slack.signingSecret,
    'the encryption key': w.env.ENCRYPTION_KEY!,
    'Olga’s token': w.calendly.tokens.olga,
    'a token that was refused': 'eyJraWQiOiIxY2UxZTEz',
    'the key of the hook': hook.signing_key!,
    'the address of the hook': hook.callback_url.split('/').at(-1)!,
    'a client secret': clientSecret,
    ...(w.env.DATABASE_URL ? { 'the database’s address': w.env.DATABASE_URL } : {}),
  };
  const all = printed.join('\n');
  expect(all.length).toBeGreaterThan(20_000);
  expect(all).toContain('"level":"debug"');
  for (const [what, secret] of Object.entries(secrets)) {
    const at = all.toLowerCase().indexOf(secret.toLowerCase());
    expect(at === -1 ? '' : `${what}: …${all.slice(Math.max(0, at - 300), at + 60)}…`).toBe('');
  }
});
