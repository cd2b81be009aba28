// Whatever the core can say to people has a German sentence: each piece of its words stands in one of those that are recognized when they are shown.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';
import { describe, expect, test } from 'vitest';
import { failureOf, failureOfSignIn } from '../../src/calendly/failure.ts';
import { caughtUp, caughtUpHere } from '../../src/connection/caught-up.ts';
import type { News } from '../../src/connection/connection.ts';
import { decide } from '../../src/delivery/retry.ts';
import { newsInWords } from '../../src/slack/messages/admin-news.ts';
import { sentences } from '../../src/texts/de/sentences.ts';
import { textsFor, translated } from '../../src/texts/index.ts';

const root = join(import.meta.dirname, '../../src');
const rooms = ['connection', 'delivery', 'calendly', 'store'];
/** What these say stands elsewhere in the texts, is read by whoever runs the app, or is only a sample. */
const others = [
  'calendly/sign-in-pages.ts',
  'delivery/sample.ts',
  'store/audit-chain.ts',
  'store/audit-export.ts',
  'store/check-up.ts',
  'store/config.ts',
  'store/database.ts',
  'store/engine.ts',
  'store/postgres-engine.ts',
  'store/role.ts',
  'store/rotate.ts',
  'store/seal.ts',
  'store/sealed.ts',
];
/** Kept or answered, and read by machines or by whoever looks into the database. */
const notForPeople = [
  /^(?:kept|folded|quarantined): /,
  /^no subscription of this connection$/,
  /^it happened before the channel subscribed$/,
  /^it (?:cannot be folded|holds no JSON)$/,
  /^cannot keep it now, please repeat$/,
  /^expected a webhook in JSON$/,
  /^the database does not answer in time$/,
  /^woke up too late$/,
  // Names of nothing in particular.
  /^(?:Unnamed (?:account|event type|group|invitee)|Calendly account|Google Meet|Microsoft Teams)$/,
  // Asked of Calendly as a part of a sentence, which counts as such.
  /^read routing forms/,
];
const sql =
  /^\s*(?:select|update|delete|insert|with|min\(|[a-z_.]+ as )\b|\b(?:case when|distinct from|where|join|is null|returning)\b|::/;

/** A sign nobody writes. */
const hole = '⟨⟩';

/** Three words in a row, or two with a capital before them, are said to somebody. */
const isSaid = (text: string) => /\p{L}+ \p{L}{2,} \p{L}{2,}|^\p{Lu}\p{Ll}+ \p{L}{2,}/u.test(text);

type Node = { type?: string; [key: string]: unknown };

/** Strings, and templates with their holes, but for what goes into the log or into an error nobody is shown, or names a module. */
function literals(code: string): string[] {
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const each of value) walk(each);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const node = value as Node;
    if (node.type === 'ImportDeclaration' || node.type === 'TaggedTemplateExpression') return;
    if (node.type === 'CallExpression' && /"log"/.test(JSON.stringify(node.callee))) return;
    if (node.type === 'NewExpression' && /"value":"(?:Type|Range)?Error"/.test(JSON.stringify(node.callee))) return;
    if (node.type === 'StringLiteral') found.push(String(node.value));
    if (node.type === 'TemplateLiteral')
      found.push((node.quasis as Node[]).map(({ cooked }) => String(cooked)).join(hole));
    for (const inner of Object.values(node)) walk(inner);
  };
  walk(parseSync(code, { syntax: 'typescript', target: 'es2022' }).body);
  return found;
}

/** The words between what differs, sentence by sentence, without the signs around them. */
const pieces = (text: string): string[] =>
  text
    .split(/⟨⟩|\{\w+\}|(?<=[.:;]) /)
    .map((piece) => piece.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, ''))
    .filter((piece) => /\p{L} \p{L}/u.test(piece));

const german = sentences.map(([english]) => english).join('\n');

const untranslated = (code: string): string[] =>
  literals(code)
    .filter((text) => isSaid(text) && !sql.test(text) && !notForPeople.some((each) => each.test(text)))
    .flatMap(pieces)
    .filter((piece) => !german.includes(piece));

test('every sentence of the core is known in German', () => {
  const files = rooms.flatMap((room) =>
    readdirSync(join(root, room))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${room}/${name}`),
  );
  expect(files.length).toBeGreaterThan(90);
  const left = files
    .filter((file) => !others.includes(file))
    .flatMap((file) => untranslated(readFileSync(join(root, file), 'utf8')).map((piece) => `${file}: ${piece}`));
  expect(left).toEqual([]);
});

test('one that is not known would be found, in a template as well', () => {
  const code =
    "log.warn('this is only logged'); tell(`Disconnected on purpose. The moon of $" +
    "{name} has gone away.`); new Error('for nobody to read');";
  expect(untranslated(code)).toEqual(['The moon of', 'has gone away']);
});

const inGerman = (sentence: string) => translated(sentence, textsFor('de'));
/** What no German sentence has. */
const english = /\b(?:the|and|of|is|are|not|to|from|it|its|this|that|which|with|ago|nothing|lost|since|can)\b/i;

const account = 'the Calendly account of Ada Lovelace';
/** What may stand in the holes of the sentences, where it is not just anything. */
const samples: Record<string, string> = {
  name: 'Ada Lovelace',
  account,
  other: 'the Calendly account “Sales, north”',
  n: '3',
  host: 'bookings.example.com',
  tariff: 'Teams',
  clock: '09:05',
  moment: '3 Sept, 09:05 UTC',
  until: '30 Oct, 23:59 UTC',
  loss: 'whoever connected it has left Slack',
  found: '12 bookings, 1 move',
  since: '<!date^1700000000^{date_short_pretty} at {time}|2023-11-14 22:13 UTC>',
  news: 'the Calendly account: the gap is closed.',
  lost: 'Nothing.',
  done: 'I looked for another account.',
  cure: 'You need not do anything.',
  days: '14 days',
  subscriptions: '1 subscription',
  channels: '2 channels',
  whose: 'its own meetings',
  plan: 'the Teams',
  role: 'an owner',
  hooks: 'One hook is',
  what: 'with a web page',
  why: 'I was not running',
  again: 'then type {command} connect again',
};

test.each(sentences.map(([said]) => said))('%s', (said) => {
  const known = new Set(['command', 'bot', 'date_short_pretty', 'time']);
  const full = said.replace(/\{(\w+)\}/g, (whole, name: string) =>
    known.has(name) ? whole : (samples[name] ?? (/^\d$/.test(name) ? `x${name}` : `no sample of ${name}`)),
  );
  const german = inGerman(full);
  expect(german.replace(/(?:Messages tab|API & webhooks → Generate new token|\/invite)/g, '')).not.toMatch(english);
  expect([...german.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).filter((name) => !known.has(name!))).toEqual([]);
});

describe('whole messages', () => {
  test('of the admins’ channel, with and without a day', () => {
    const news: News = {
      how: 'broken',
      what: `${account}: There was no hook at Calendly.`,
      since: 1_700_000_000_000,
      lost: 'Nothing.',
      did: 'I try again at every check.',
      cure: 'This Calendly token has expired. Make a new personal access token at Calendly (Integrations & apps → API & webhooks → Generate new token), then type {command} connect again.',
    };
    expect(inGerman(newsInWords(news)).split('\n')).toEqual([
      '🔴 Das Calendly-Konto von Ada Lovelace: Bei Calendly gab es keinen Hook.',
      '*Seit:* <!date^1700000000^{date_short_pretty} um {time}|2023-11-14 22:13 UTC>',
      '*Verloren:* Nichts.',
      '*Getan:* Ich versuche es bei jeder Prüfung wieder.',
      expect.stringMatching(
        /^\*Zu tun:\* Dieses Calendly-Token ist abgelaufen\. Erstelle bei Calendly .*\{command\} connect ein\.$/,
      ),
    ]);
    expect(inGerman(newsInWords({ ...news, how: 'well', since: null, cure: null }))).toMatch(
      /^🟢 .*\n\*Zu tun:\* nichts; du kannst es so lassen\.$/s,
    );
  });

  test('of a gap', () => {
    const from = Date.UTC(2026, 2, 3, 9, 5);
    const found = { booked: 12, moved: 1, canceled: 0, noshow: 2, changed: 1 };
    const last = { blind: { why: 'hook', from, to: from + 7_200_000 }, found, unread: 1 };
    expect(inGerman(caughtUp(last as Parameters<typeof caughtUp>[0], account) ?? '').split('\n')).toEqual([
      'Vom 3. März, 09:05 UTC bis zum 3. März, 11:05 UTC konnte mich nichts erreichen, was das Calendly-Konto von Ada Lovelace angeht: Der Hook funktionierte nicht.',
      'Nachgeholt: 12 Buchungen, 1 verschoben, 2 nicht erschienen, 1 geänderte Angabe.',
      'Einen konnte ich nicht lesen; sieh ihn dir bitte in Calendly an.',
    ]);
    expect(inGerman(caughtUpHere(last as Parameters<typeof caughtUpHere>[0]) ?? '').split('\n')).toEqual([
      'Vom 3. März, 09:05 UTC bis zum 3. März, 11:05 UTC konnte mich nichts von Calendly erreichen: Der Hook funktionierte nicht.',
      'Für alle Channels nachgeholt: 12 Buchungen, 1 verschoben, 2 nicht erschienen, 1 geänderte Angabe. Dieser Channel zeigt, was er abonniert hat.',
    ]);
  });

  test('of another account that takes over, and of a reminder', () => {
    expect(
      inGerman(
        `${account} stopped working: Calendly no longer accepts its access. the Calendly account “Sales”, which you connected, has taken over its 2 subscriptions in 1 channel, since both belong to the same organization. Nothing is lost or shown twice. You need not do anything.`,
      ),
    ).toBe(
      'Das Calendly-Konto von Ada Lovelace funktioniert nicht mehr: Calendly nimmt seinen Zugang nicht mehr an. Das Calendly-Konto „Sales“, das du verbunden hast, hat übernommen: 2 Abos in 1 Channel, denn beide gehören zur selben Organisation. Nichts geht verloren oder erscheint doppelt. Du brauchst nichts zu tun.',
    );
    expect(
      inGerman(
        'Reminder: a day ago I told you of this, and it is still so. The hook was deleted at Calendly. I do not remind you again; /calendly status keeps saying it.',
      ),
    ).toBe(
      'Erinnerung: Das habe ich dir vor einem Tag gesagt, und es ist noch so. Der Hook wurde bei Calendly gelöscht. Ich erinnere dich nicht noch einmal; /calendly status sagt es weiterhin.',
    );
  });

  test('a part of one that is not known leaves the whole in English', () => {
    const news = `🔴 ${account}: There was no hook at Calendly.\n*Lost:* Nothing.`;
    expect(inGerman(news)).toMatch(/^🔴 Das/);
    const strange = `${account} stopped working: the moon fell on it. You need not do anything.`;
    expect(inGerman(strange)).toBe(strange);
  });

  test('of every refusal of Slack', () => {
    const codes = [
      ...['no_token', 'invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired'],
      ...['invalid_refresh_token', 'two_factor_setup_required', 'missing_scope', 'not_allowed_token_type'],
      ...['team_access_not_granted', 'enterprise_is_restricted', 'channel_not_found', 'not_in_channel', 'is_archived'],
      ...['is_inactive', 'restricted_action', 'restricted_action_read_only_channel', 'channel_is_limited_access'],
      ...['restricted_action_thread_only_channel', 'restricted_action_non_threadable_channel', 'ekm_access_denied'],
      ...['restricted_action_thread_locked', 'no_permission', 'access_denied', 'messages_tab_disabled'],
      ...['team_added_to_org', 'org_login_required', 'accesslimited', 'message_limit_exceeded'],
      ...['external_channel_migrating', 'something_new', 'invalid_blocks'],
    ];
    for (const error of codes) {
      const outcome = { kind: 'refused', error, detail: 'needed: chat:write; provided: commands' } as const;
      const at = { op: 'post', attempt: 99, ageMs: 9e8, plain: true, kind: 'card' } as const;
      const decision = decide(outcome, at, () => 0.5);
      const reason = 'reason' in decision ? decision.reason : '';
      expect(inGerman(reason), error).not.toBe(reason);
    }
  });

  test('of every refusal of Calendly', () => {
    const asked = { doing: 'list its meetings', scopes: ['users:read'], takes: 'admin', hidesScopes: true } as const;
    const bodies = [
      ...[undefined, {}, { message: 'This token has expired' }, { message: 'revoked' }, { title: 'Race condition' }],
      ...[{ message: 'Please upgrade to Teams' }, { message: 'upgrade' }, { required_scopes: ['users:read'] }],
      ...[{ details: [{ parameter: 'url', message: 'is wrong' }] }, { error: 'invalid_grant' }],
    ];
    for (const status of [400, 401, 403, 404, 409, 424, 429, 502])
      for (const body of bodies)
        for (const failure of [failureOf, failureOfSignIn]) {
          const { message } = failure({ status, body, resetSeconds: '7' }, asked);
          expect(inGerman(message), message).not.toBe(message);
          expect(inGerman(message)).not.toMatch(/\b(?:list its|does not|asks for)\b/);
        }
  });
});
