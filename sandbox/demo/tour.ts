// The guided tour: five steps, each ticked off by what has happened in the sandbox, each done for a person who would rather watch.
import type { CalendlySandbox } from '../calendly/server.ts';
import type { SlackSandbox } from '../slack/server.ts';
import type { App } from './app.ts';
import type { Ledger } from './ledger.ts';
import { bookSome } from './people.ts';
import type { Troubles } from './troubles.ts';

type Parts = { slack: SlackSandbox; calendly: CalendlySandbox; app: App; troubles: Troubles };

export function makeTour({ slack, calendly, app, troubles }: Parts) {
  let wasConnected = false;
  let subscribedAt: number | null = null;
  let brokenAt: number | null = null;
  let isDone = false;
  const sales = slack.channels.sales;

  function firstSubscription(): number | null {
    const posts = Object.values(slack.channels).flatMap((channel) => slack.messages(channel));
    const said = posts.find((post) => post.user === slack.botUserId && /^🔔/.test(post.text));
    return said ? Math.floor(Number(said.ts) * 1000) : null;
  }

  async function connect(): Promise<void> {
    const ann = slack.as('ann');
    await ann.command(sales, 'connect');
    const isForm = () => JSON.stringify(ann.modal()?.blocks ?? []).includes('"block_id":"token"');
    const form = await slack.waitFor(() => (isForm() ? ann.modal() : undefined), { what: 'the window to open' });
    await ann.submit(form, { token: calendly.tokens.olga });
    await slack.waitFor(() => calendly.hooks.length > 0, { what: 'the webhook to be made' });
    await slack.waitFor(() => /connected/i.test(JSON.stringify(ann.modal()?.blocks ?? [])), { what: 'the account' });
    const done = ann.modal();
    if (done) await ann.close(done);
  }

  async function subscribe(): Promise<void> {
    await slack.as('ann').command(sales, 'subscribe all booked canceled rescheduled noshow');
    await slack.waitFor(() => firstSubscription() !== null, { what: 'the channel to be subscribed' });
  }

  async function book(): Promise<void> {
    bookSome(calendly, 1);
  }

  async function breakIt(): Promise<void> {
    await troubles.set('killed', true);
    bookSome(calendly, 3);
  }

  const acts = [connect, subscribe, book, breakIt, () => troubles.mend()];

  return {
    /** Null while no channel is subscribed; what was booked before is shown nowhere. */
    subscribedAt: () => subscribedAt,
    /** Looks at what has happened; a step once taken stays taken. */
    steps(ledger: Ledger): boolean[] {
      wasConnected ||= calendly.hooks.length > 0;
      subscribedAt ??= wasConnected ? firstSubscription() : null;
      const isShown = ledger.stands > 0;
      if (isShown && troubles.list().some(({ isOn, side }) => isOn && side !== 'calendly')) brokenAt ??= Date.now();
      const bookedMeanwhile = calendly.bookings.some(
        ({ invitee }) => brokenAt !== null && Date.parse(invitee.created_at) >= brokenAt - 1_000,
      );
      const isMended = bookedMeanwhile && !troubles.isAny() && app.state() === 'up';
      const { onItsWay, missing, twice, underWay } = ledger;
      const isWhole = isMended && onItsWay + missing + twice + underWay.calendly === 0 && underWay.app === 0;
      isDone ||= isWhole;
      return [wasConnected, subscribedAt !== null, isShown || isDone, bookedMeanwhile, isDone];
    },
    /** Does one step, counted from 0. */
    async take(step: number): Promise<void> {
      const act = acts[step];
      if (!act) throw new Error('The tour has five steps.');
      await act();
    },
  };
}
