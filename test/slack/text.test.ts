// Holds the text rules: nothing a stranger writes can format, mention, link, hide or grow; times read well for everybody.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { context, section } from '../../src/slack/messages/answers.ts';
import {
  clipped,
  dateToken,
  duration,
  escapeMrkdwn,
  inZone,
  isBlank,
  lines,
  plain,
  safeMrkdwn,
  span,
} from '../../src/slack/messages/text.ts';
import { hostile, shape } from './mrkdwn.ts';

const MIN = 60_000;
const HOUR = 60 * MIN;
const TUESDAY = Date.UTC(2026, 10, 24, 15, 0);

describe('plain', () => {
  test.each([
    ['Ada Lovelace', 'Ada Lovelace'],
    ['  Ada\r\n\tLovelace ', 'Ada Lovelace'],
    ['A\u202Ed\u2066a\u200B\u200E\u0000\u001B[31m', 'Ada[31m'],
    ['Ada\u2800\u3164\u00AD', 'Ada'],
    ['👩‍💻 👍🏽 ❤️ 🏳️‍🌈', '👩‍💻 👍🏽 ❤️ 🏳️‍🌈'],
    ['a\u200Db', 'ab'],
    ['Prize! https://evil.example/x', 'Prize! evil.example/x'],
    ['a:b:////x', 'a: //x'],
    ['\uD800lone', '\uFFFDlone'],
    ['山田太郎', '山田太郎'],
    ['e\u0301\u0301\u0301\u0301\u0301\u0301\u0301', 'e\u0301\u0301\u0301\u0301'],
    ['see calendly.com/Cancellations/SECRET now', 'see calendly.com/Cancellations/… now'],
    ['https://calendly.com/reschedulings/SECRET?x=1', 'calendly.com/reschedulings/…'],
  ])('%j reads %j', (written, shown) => {
    expect(plain(written, 200)).toBe(shown);
  });

  test('keeps lines only when asked', () => {
    expect(plain('a \r\n\n\n\n b', 50)).toBe('a b');
    expect(plain('a \r\n\n\n\n b', 50, { oneLine: false })).toBe('a\n\nb');
  });

  test('cuts long runs, but not scripts without spaces', () => {
    expect(plain('x'.repeat(500), 1000)).toBe(`${'x'.repeat(79)}…`);
    expect(plain('話'.repeat(500), 1000)).toBe('話'.repeat(500));
  });

  test('cuts between graphemes', () => {
    expect(plain('👩‍💻👩‍💻👩‍💻', 11)).toBe('👩‍💻👩‍💻…');
    expect(plain('👩‍💻👩‍💻👩‍💻', 10)).toBe('👩‍💻…');
    expect(plain('abc', 0)).toBe('');
  });

  test('reads a very long text quickly and within its bound', () => {
    for (const unit of ['<', '話', 'a ', '/cancellations/', '\u200B', 'http://', ':a', '\u0301']) {
      expect(plain(unit.repeat(50_000), 300).length).toBeLessThanOrEqual(300);
    }
  });

  test('is clean and short whatever is written', () => {
    const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
    fc.assert(
      fc.property(hostile, fc.integer({ min: 0, max: 60 }), (text, max) => {
        const out = plain(text, max);
        expect(out.length).toBeLessThanOrEqual(max);
        expect(out).not.toMatch(/[\p{Cc}\u200B\u200C\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]|:\/\//u);
        expect(out.isWellFormed()).toBe(true);
        const whole = plain(text, 10_000);
        if (out !== whole && max > 0) {
          expect(out.endsWith('…')).toBe(true);
          const kept = out.slice(0, -1);
          const borders = [...graphemes.segment(whole)].map(({ index }) => whole.slice(0, index).trimEnd());
          expect(borders).toContain(kept);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('safeMrkdwn', () => {
  test.each([
    ['<!channel> & <@U1>', '&lt;!channel&gt; &amp; &lt;@U1&gt;'],
    ['*bold* ~no~ `code`', '∗bold∗ ∼no∼ ˋcodeˋ'],
    ['_it_ snake_case_name a_b@example.com', '＿it＿ snake_case_name a_b@example.com'],
    ['> quote', '› quote'],
    [':smile: at 10:30', '∶smile: at 10:30'],
    ['Q:A 1:100 10:30, 1:30:', 'Q∶A 1∶100 10:30, 1∶30:'],
    ['@here me@here.example', '＠here me@here.example'],
  ])('%j is written %j', (written, shown) => {
    expect(safeMrkdwn(written, 200)).toBe(shown);
  });

  test('letters from right to left do not carry our words along', () => {
    expect(safeMrkdwn('עדה 42', 20)).toBe('\u200Eעדה 42\u200E');
    expect(safeMrkdwn('مرحبا بالعالم', 8)).toBe('\u200Eمرحبا…\u200E');
    expect(safeMrkdwn('א&&&&&&', 10, { written: 12 })).toBe('\u200Eא&amp;…\u200E');
    expect(safeMrkdwn(`${'x'.repeat(9)}א`, 10)).toBe('xxxxxxx…');
    expect(safeMrkdwn('Zoë 42', 20)).toBe('Zoë 42');
  });

  test('may be written longer than it reads', () => {
    expect(safeMrkdwn('&&&&', 4, { written: 20 })).toBe('&amp;&amp;&amp;&amp;');
    expect(safeMrkdwn('&&&&&', 4, { written: 20 })).toBe('&amp;&amp;&amp;…');
    expect(safeMrkdwn('&&&&', 4, { written: 12 })).toBe('&amp;&amp;…');
  });

  test('what is harmless between two letters, or before a digit, is tamed where the text is cut there', () => {
    expect(safeMrkdwn('<a_b>', 7)).toBe('&lt;a＿…');
    expect(safeMrkdwn('<b>𐊀_𐀀', 13)).toBe('&lt;b&gt;𐊀＿…');
    expect(safeMrkdwn('<1:30', 7)).toBe('&lt;1∶…');
    expect(safeMrkdwn('<a_b>', 30)).toBe('&lt;a_b&gt;');
  });

  test('never formats, mentions, links or breaks out of what surrounds it, and is never too long', () => {
    const around = (text: string) =>
      `✅ *${text}* · ~*${text}*~ (${text}) “${text}” · ${text}\n> *${text}*  ${text}\n${text}`;
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 80 }), (text, max) => {
        const safe = safeMrkdwn(text, max);
        expect(safe.length).toBeLessThanOrEqual(max);
        expect(safe).not.toMatch(/[<>\n]|&(?!(amp|lt|gt);)/);
        expect(shape(safe)).toBe('');
        if (safe !== '') expect(shape(around(safe))).toBe(shape(around('x')));
      }),
      { numRuns: 5000 },
    );
  });

  test('the parser above does see what an escape alone lets through', () => {
    expect(shape('*x* _y_ ~z~')).toBe('bold() italic() strike()');
    expect(shape('<!channel> <@U1> <https://a.example|b> `c` :smile:')).toBe('special special special code emoji');
    expect(shape('> q')).toBe('quote()');
    expect(shape('https://evil.example')).toBe('url');
    expect(shape('hey @here')).toBe('mention');
    expect(shape(escapeMrkdwn('*<!here>*'))).toBe('bold()');
  });
});

describe('lines', () => {
  test('those with something in them, the last with all that follows', () => {
    expect(lines(' a \r\n\n\n\u200B\nb\u2028c ', 9)).toEqual(['a', 'b', 'c']);
    expect(lines('a\nb\nc\nd', 2)).toEqual(['a', 'b c d']);
    expect(lines('\n'.repeat(100_000), 3)).toEqual([]);
  });
});

describe('a section and a context line', () => {
  test('of any length end in whole words of Slack’s', () => {
    for (let ahead = 0; ahead < 40; ahead += 1) {
      const long = `${'-'.repeat(ahead)}${'• <!date^1795957980^{date_short_pretty}|Nov 29> · <@U0ANN> &amp; <#C0SALES>\n'.repeat(60)}`;
      const texts = [section(long), context(long)].map((block) => JSON.stringify(block).replaceAll('\\n', '\n'));
      for (const text of texts) {
        expect(text).toMatch(/…"/);
        expect(text.replaceAll(/<[^<>]*>/g, '').replaceAll('&amp;', '')).not.toMatch(/[<>&]/);
      }
    }
  });
});

describe('clipped', () => {
  test('ends whole: no half link, entity or character', () => {
    expect(clipped('abc', 3)).toBe('abc');
    expect(clipped('see <https://a.example|this> &amp; that', 20)).toBe('see…');
    expect(clipped('this &amp; that', 9)).toBe('this…');
    expect(clipped('👩‍💻👩‍💻', 7)).toBe('👩‍💻…');
  });
});

test('blank is what nobody could see', () => {
  for (const text of ['', ' \n', '\u200B\u3164', '\uFE0F', 'h://'])
    expect(isBlank(text), JSON.stringify(text)).toBe(true);
  for (const text of ['0', '.', '\u0301', '話']) expect(isBlank(text), JSON.stringify(text)).toBe(false);
});

test('escapeMrkdwn touches the three characters only', () => {
  expect(escapeMrkdwn('a<b>&c*"\'')).toBe('a&lt;b&gt;&amp;c*"\'');
});

describe('times', () => {
  test('a date token names the zone of its fallback', () => {
    expect(dateToken(TUESDAY, '{date_short} {time}', 'Europe/Berlin')).toBe(
      '<!date^1795532400^{date_short} {time}|Tue, Nov 24, 2026, 4:00 PM (Europe/Berlin)>',
    );
    expect(dateToken(TUESDAY + 999, '{ago}', '<!channel>')).toBe(
      '<!date^1795532400^{ago}|Tue, Nov 24, 2026, 3:00 PM (UTC)>',
    );
    expect(dateToken(Number.NaN, '{time}', null)).toBe('an unknown time');
  });

  test('a span says the day once', () => {
    expect(span(TUESDAY, TUESDAY + 30 * MIN)).toBe(
      '<!date^1795532400^{date_long_pretty} · {time}|Tue, Nov 24, 2026, 3:00 PM> – <!date^1795534200^{time}|3:30 PM (UTC)>',
    );
    expect(span(TUESDAY, TUESDAY + 48 * HOUR).match(/date_long_pretty/g)).toHaveLength(2);
    expect(span(TUESDAY, TUESDAY).match(/<!date/g)).toHaveLength(1);
  });

  test.each([
    ['Europe/Berlin', 'Tue 4:00 PM in Berlin'],
    ['america/new_york', 'Tue 10:00 AM in New York'],
    ['Australia/Sydney', 'Wed 2:00 AM in Sydney'],
    ['UTC', 'Tue 3:00 PM UTC'],
    ['Mars/Olympus', null],
    ['<!channel>', null],
    ['', null],
  ])('in %j it is %j', (zone, shown) => {
    expect(inZone(TUESDAY, zone)).toBe(shown);
  });

  test.each([
    [0, 'less than a minute'],
    [40 * MIN, '40 min'],
    [59.6 * MIN, '1 h'],
    [-3 * HOUR - 10 * MIN, '3 h 10 min'],
    [24 * HOUR, '1 day'],
    [26 * HOUR, '1 day 2 h'],
    [47.8 * HOUR, '2 days'],
    [75 * HOUR, '3 days'],
  ])('%d ms is %s', (ms, words) => {
    expect(duration(ms)).toBe(words);
  });
});
