// R32: the line to Slack breaks at any byte of a call, and "surely not sent" is never said of a message that is there.

import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { startSlack } from '../../sandbox/slack/server.ts';
import type * as Post from '../../src/slack/post.ts';
import type { Goal, Run } from './goal.ts';
import { tcpProxy } from './proxy.ts';

/** Longer than any call and its answer here. */
const longest = 5_600;

async function cutEverywhere(run: Run) {
  const { slackMessenger } = (await import(pathToFileURL(join(run.srcDir, 'slack/post.ts')).href)) as typeof Post;
  const slack = await startSlack();
  await slack.invite('sales');
  const proxy = await tcpProxy(slack.apiUrl);
  const messenger = slackMessenger({
    apiUrl: new URL(proxy.via(slack.apiUrl)),
    tokenOf: async () => slack.botToken,
    timeoutMs: 5_000,
  });
  const trials = run.pick({ full: 10_000, fast: 1_000, control: 150 });
  const outcomes = new Map<string, string>();
  proxy.choose(({ number }) => ({ kind: 'cut', after: Math.floor((number * longest) / trials) % longest }));
  let next = 0;
  // Now and then nobody answers at the address at all, and whatever is open breaks, idle connections too.
  const away = async () => {
    while (next < trials) {
      const until = next + 60;
      while (next < Math.min(until, trials)) await pause(5);
      await proxy.refuse();
      await pause(10);
      await proxy.open();
    }
  };
  const sendSome = async () => {
    for (let i = next++; i < trials; i = next++) {
      const attemptId = `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
      const outcome = await messenger.send({
        installationId: 'i',
        op: 'post',
        channel: slack.channels.sales,
        ts: null,
        threadTs: null,
        content: { kind: 'notice', text: `Number ${i} `.padEnd(1_500, '.') },
        plain: false,
        attemptId,
      });
      outcomes.set(attemptId, outcome.kind);
    }
  };
  await Promise.all([away(), ...Array.from({ length: 8 }, sendSome)]);
  await messenger.close();
  await proxy.stop();
  // Whatever still was on its way has arrived once the port is closed.
  await slack.stop();
  const there = new Set(
    slack
      .posts()
      .map((call) => (call.args.metadata as { event_payload?: { id?: string } } | undefined)?.event_payload?.id),
  );
  return { trials, outcomes, there };
}

export const cut: Goal = {
  id: 'R32',
  title: 'The connection breaks at any byte',
  async run(run) {
    const { trials, outcomes, there } = await cutEverywhere(run);
    const of = (kind: string) => [...outcomes].filter(([, outcome]) => outcome === kind);
    const wrong = of('not_sent').filter(([id]) => there.has(id));
    const invented = of('done').filter(([id]) => !there.has(id));
    const lost = of('ambiguous').filter(([id]) => there.has(id));
    // All of it must have happened, or the cuts prove nothing.
    const proved = lost.length > 0 && of('ambiguous').length > lost.length && of('not_sent').length > 0;
    return [
      {
        what: `RST after byte N, ${of('ambiguous').length} of unknown outcome (${lost.length} there), ${of('not_sent').length} not sent`,
        trials,
        figure: `${wrong.length} there although "not sent"; ${invented.length} "done" and not there`,
        limit: '0; 0',
        ok: wrong.length === 0 && invented.length === 0 && proved,
        ...(proved ? {} : { why: ['the cuts did not fall before, between and after'] }),
      },
    ];
  },
};
