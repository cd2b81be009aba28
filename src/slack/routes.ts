// What reaches whom: Bolt's kinds of request, each handed to the tables of the verbs; a miss is answered too.

import type { App } from '@slack/bolt';
import { textsFor } from '../texts/index.ts';
import type { Caller, DeskMaker } from './callers.ts';
import { actionOf, runCommand, shortcutOf, submissionOf, suggestionOf } from './commands/index.ts';
import { onEvent, type SlackEvent } from './events.ts';
import { explain, newReference } from './explain.ts';
import type { Homes } from './home.ts';
import type { jobs } from './jobs.ts';
import { say } from './messages/answers.ts';
import type { Product } from './product.ts';
import {
  actionVisit,
  attend,
  commandReplies,
  commandVisit,
  type Interaction,
  notInstalled,
  outdated,
  submitVisit,
} from './reception.ts';
import { responder } from './respond.ts';
import { messageModal } from './views/modal.ts';

/** The cards' link to the meeting. */
const LINK = 'join';
/** Searched options must come within 3 s. */
const SUGGEST_MS = 2_500;

/** One listener for everything of a kind, since Bolt runs all that match. */
export function register(
  app: App,
  { product, apiUrl }: { product: Product; apiUrl: URL },
  deskOf: DeskMaker,
  track: ReturnType<typeof jobs>['track'],
  homes: Pick<Homes, 'opened'>,
): void {
  const log = product.log.child({ part: 'slack' });
  const respond = responder({ apiUrl, log });
  const nobody = { product, workspace: { id: '', botUserId: '', botToken: '' }, t: textsFor(null), log };
  const absent = (who: Caller) => (who.trouble ? explain(who.trouble, nobody) : notInstalled);
  const callerOf = (context: Record<string, unknown>): Caller & { teamId: string } => context as never;

  app.command(/.*/, ({ command, ack, context }) =>
    track(async () => {
      const who = callerOf(context);
      let t = textsFor(null);
      const replies = commandReplies(
        ack as (answer?: unknown) => Promise<void>,
        (message) => respond(command.response_url, message),
        () => t.common.oneMoment,
      );
      try {
        if (!who.workspace) return await replies.answer(absent(who));
        const desk = deskOf(who.workspace, who.teamId);
        t = await desk.slack.textsFor(command.user_id);
        const visit = commandVisit(desk, command, replies, t);
        await runCommand(visit, unescaped(command.text ?? ''));
      } finally {
        await replies.close();
      }
    }),
  );

  app.action(/.*/, ({ body, action, ack, context }) =>
    track(async () => {
      await ack();
      const who = callerOf(context);
      const press = action as unknown as Press;
      const interaction = body as unknown as Interaction;
      if (!who.workspace) {
        if (interaction.response_url) await respond(interaction.response_url, absent(who));
        return;
      }
      const desk = deskOf(who.workspace, who.teamId);
      const value = press.value ?? press.selected_option?.value ?? '';
      const visit = actionVisit(desk, interaction, value, await desk.slack.textsFor(interaction.user.id));
      await attend(visit, () => onAction(visit, press));
    }),
  );

  app.view({ callback_id: /.*/, type: 'view_submission' }, ({ body, ack, view, context }) =>
    track(async () => {
      const who = callerOf(context);
      const answer = ack as (answer?: unknown) => Promise<void>;
      if (!who.workspace)
        return answer({ response_action: 'update', view: messageModal('Calendly', absent(who), nobody.t) });
      const desk = deskOf(who.workspace, who.teamId);
      const t = await desk.slack.textsFor(body.user.id);
      const visit = submitVisit(desk, body as unknown as Interaction, answer, t);
      const submit = submissionOf(view.callback_id);
      if (submit) visit.doing = view.callback_id;
      await attend(visit, () => (submit ? submit(visit) : visit.answer(outdated(product.commandName, visit.t))));
      await visit.finish();
    }),
  );
  app.view({ callback_id: /.*/, type: 'view_closed' }, ({ ack }) => track(async () => ack()));

  app.options(/.*/, ({ body, ack, options, context }) =>
    track(async () => {
      const who = callerOf(context);
      const { action_id, value } = options as unknown as { action_id: string; value?: string };
      const suggest = suggestionOf(action_id);
      const { user, view } = body as unknown as Interaction;
      if (!who.workspace || !suggest) return ack({ options: [] });
      const { slack } = deskOf(who.workspace, who.teamId);
      const visit = {
        product,
        slack,
        workspace: who.workspace,
        user: user.id,
        t: await slack.textsFor(user.id),
        log,
        query: value ?? '',
        metadata: view?.private_metadata ?? '',
      };
      // Slack shows "no results" for an empty list, which beats an error; the person can type on.
      const none = suggest(visit).catch((error: unknown) => {
        log.warn({ err: error }, 'options could not be searched');
        return [];
      });
      await ack({ options: await within(SUGGEST_MS, none, []) });
    }),
  );

  app.shortcut(/.*/, ({ shortcut, body, ack, context }) =>
    track(async () => {
      await ack();
      const who = callerOf(context);
      if (!who.workspace) return;
      const desk = deskOf(who.workspace, who.teamId);
      const visit = actionVisit(desk, body as unknown as Interaction, '', await desk.slack.textsFor(body.user.id));
      const act = shortcutOf(shortcut.callback_id);
      await attend(visit, () => (act ? act(visit) : visit.answer(outdated(product.commandName, visit.t))));
    }),
  );
  // Kinds of interaction from before Block Kit: nothing of ours sends them.
  app.action({ type: 'interactive_message' }, ({ ack }) => track(async () => ack()));
  app.action({ type: 'dialog_submission' }, ({ ack }) => track(async () => ack()));

  app.event(/.*/, ({ event, body, context }) =>
    track(async () => {
      const news = event as unknown as SlackEvent & Removal;
      const at = (body.event_time ?? 0) * 1000;
      try {
        const who = callerOf(context);
        if (news.type === 'app_uninstalled' || news.type === 'tokens_revoked')
          return await removal(product, body as unknown as Envelope, news, at);
        if (news.type === 'team_access_revoked') {
          // An organization's admins took some of its workspaces away.
          for (const team of textsIn(news.team_ids)) await product.installationGone({ team, organization: null }, at);
          return;
        }
        if (who.trouble) throw who.trouble;
        if (who.workspace) await onEvent(news, deskOf(who.workspace, who.teamId), homes);
      } catch (error) {
        log.error({ err: error, event: news.type, reference: newReference() }, 'an event could not be handled');
      }
    }),
  );
}

interface Press {
  action_id: string;
  value?: string;
  url?: string;
  selected_option?: { value?: string };
}

async function onAction(visit: ReturnType<typeof actionVisit>, press: Press): Promise<void> {
  const name = press.action_id.split(':', 1)[0] ?? '';
  // Slack opens a link button's address by itself; it only wants to hear that we heard.
  if (press.url || name === LINK) return;
  const act = actionOf(name);
  if (act) {
    visit.doing = name;
    return act(visit);
  }
  // Inputs of an open modal report only when they are asked to; one nobody asked for needs no answer.
  if (visit.window) return;
  const { channel } = visit;
  if (name !== 'do') return visit.answer(outdated(visit.product.commandName, visit.t));
  if (channel === null && visit.value !== 'connect') {
    return visit.answer(say(visit.t.help.inItsChannel(`${visit.product.commandName} ${visit.value}`)));
  }
  await runCommand({ ...visit, channel: channel ?? '' }, visit.value);
}

interface Removal {
  type: string;
  tokens?: { bot?: unknown };
  team_ids?: unknown;
}

interface Envelope {
  team_id?: unknown;
  enterprise_id?: unknown;
  authorizations?: { is_enterprise_install?: unknown }[];
}

const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];

/** Slack names the users whose tokens were revoked; only our bot user's token is the installation's. */
async function removal(product: Product, body: Envelope, news: Removal, at: number): Promise<void> {
  const ofAll = body.authorizations?.some((each) => each.is_enterprise_install === true);
  const where = {
    team: typeof body.team_id === 'string' ? body.team_id : null,
    organization: ofAll && typeof body.enterprise_id === 'string' ? body.enterprise_id : null,
  };
  if (news.type === 'tokens_revoked') {
    const bots = textsIn(news.tokens?.bot);
    const workspace = await product.installationOf(where);
    if (bots.length === 0 || (workspace && !bots.includes(workspace.botUserId))) return;
  }
  await product.installationGone(where, at);
}

/** Slack escapes three characters in a command's text; its own forms such as `<@U1>` stand unescaped. */
function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

async function within<T>(ms: number, work: Promise<T>, otherwise: T): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  const timer = setTimeout(() => resolve(otherwise), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
