// From what Bolt hands over to the visits the verbs know: one maker for each kind of interaction, with its ways to answer.

import type { View } from '@slack/types';
import { type Texts, textsFor } from '../texts/index.ts';
import { explain } from './explain.ts';
import { say } from './messages/answers.ts';
import type { Product, Workspace } from './product.ts';
import type { Response } from './respond.ts';
import { messageModal } from './views/modal.ts';
import type { ActionVisit, Entered, SubmitVisit, Visit, Window } from './visit.ts';
import type { Message, SlackWeb } from './web.ts';

/** Slack shows an error after 3 s; a person hears of us before that. */
const PATIENCE_MS = 2_000;

export interface Desk {
  product: Product;
  workspace: Workspace;
  slack: SlackWeb;
  respond(url: string, response: Response): Promise<boolean>;
}

/** What Slack sends with an interaction, as far as it is used here. */
export interface Interaction {
  user: { id: string };
  trigger_id?: string;
  response_url?: string;
  channel?: { id?: string };
  /** Absent where only the person sees it. */
  message?: { text?: string };
  view?: {
    id: string;
    type: string;
    private_metadata?: string;
    title?: { text?: string };
    state?: { values?: unknown };
  };
}

type Acknowledge = (answer?: unknown) => Promise<void>;

/** A slash command's answers: the first is the acknowledgement itself, later ones go to its response_url. */
export function commandReplies(
  ack: Acknowledge,
  send: (message: Message) => Promise<unknown>,
  oneMoment: () => string,
) {
  let acked = false;
  const first = async (answer?: unknown): Promise<boolean> => {
    if (acked) return false;
    acked = true;
    await ack(answer);
    return true;
  };
  const timer = setTimeout(() => {
    void first({ response_type: 'ephemeral', text: `⏳ ${oneMoment()}` }).catch(() => {});
  }, PATIENCE_MS);
  return {
    async answer(message: Message): Promise<void> {
      if (!(await first({ response_type: 'ephemeral', ...message }))) await send(message);
    },
    /** Nothing more to say at once: a modal says it. */
    async close(): Promise<void> {
      clearTimeout(timer);
      await first();
    },
  };
}

export function windowOf({ product, slack }: Desk, user: string, id: string): Window {
  return {
    id,
    async show(view, instead) {
      try {
        if (await slack.updateView(id, view)) return;
      } catch (error) {
        product.log.warn({ err: error }, 'a modal could not be updated');
      }
      if (!instead) return;
      try {
        await slack.post(user, instead);
      } catch (error) {
        product.log.warn({ err: error }, 'a result could not be sent as a direct message');
      }
    },
  };
}

function base(desk: Desk, user: string, t: Texts, trigger: string | undefined, opened: () => Promise<void>) {
  return {
    product: desk.product,
    slack: desk.slack,
    workspace: desk.workspace,
    user,
    t,
    log: desk.product.log.child({ installation: desk.workspace.id, user }),
    async open(view: View): Promise<Window> {
      const id = await desk.slack.openView(trigger ?? '', view);
      await opened();
      return windowOf(desk, user, id);
    },
  };
}

export function commandVisit(
  desk: Desk,
  command: { user_id: string; channel_id: string; trigger_id?: string },
  replies: ReturnType<typeof commandReplies>,
  t: Texts,
): Visit & { channel: string } {
  return {
    ...base(desk, command.user_id, t, command.trigger_id, replies.close),
    channel: command.channel_id,
    answer: replies.answer,
  };
}

/** A press or a choice; acknowledged already. */
export function actionVisit(desk: Desk, body: Interaction, value: string, t: Texts): ActionVisit {
  const user = body.user.id;
  const window = body.view?.type === 'modal' ? windowOf(desk, user, body.view.id) : null;
  return {
    ...base(desk, user, t, body.trigger_id, async () => {}),
    channel: body.channel?.id ?? null,
    value,
    window,
    entered: entered(body.view?.state?.values),
    metadata: body.view?.private_metadata ?? '',
    said: body.message?.text ?? null,
    async answer(message, how) {
      if (window) await window.show(messageModal(titleOf(body), message, t), message);
      else if (!body.response_url) await desk.slack.post(user, message);
      else await desk.respond(body.response_url, { ...message, replace_original: how?.replace === true });
    },
  };
}

/** A submitted modal; `proceed` and `refuse` acknowledge it. */
export function submitVisit(
  desk: Desk,
  body: Interaction,
  ack: Acknowledge,
  t: Texts,
): SubmitVisit & { finish(): Promise<void> } {
  const user = body.user.id;
  const window = windowOf(desk, user, body.view?.id ?? '');
  const values = entered(body.view?.state?.values);
  let acked = false;
  const first = async (answer?: unknown): Promise<boolean> => {
    if (acked) return false;
    acked = true;
    await ack(answer);
    return true;
  };
  const visit: SubmitVisit & { finish(): Promise<void> } = {
    ...base(desk, user, t, body.trigger_id, async () => {}),
    channel: null,
    entered: values,
    metadata: body.view?.private_metadata ?? '',
    async refuse(errors) {
      const byBlock = Object.entries(errors).map(([action, sentence]) => [values.blockOf(action), sentence]);
      await first({ response_action: 'errors', errors: Object.fromEntries(byBlock) });
    },
    async proceed(view) {
      await first({ response_action: 'update', view });
      return window;
    },
    async answer(message) {
      const view = messageModal(titleOf(body), message, t);
      if (!(await first({ response_action: 'update', view }))) await window.show(view, message);
    },
    async finish() {
      await first();
    },
  };
  return visit;
}

function titleOf(body: Interaction): string {
  return body.view?.title?.text?.slice(0, 24) || 'Calendly';
}

/** Reads `view.state.values` (block → action → value) by action_id alone: ours are unique within a view. */
export function entered(values: unknown): Entered {
  const found = new Map<string, { block: string; value: Record<string, unknown> }>();
  for (const [block, actions] of Object.entries((values ?? {}) as Record<string, Record<string, unknown>>)) {
    for (const [action, value] of Object.entries(actions ?? {}))
      found.set(action, { block, value: (value ?? {}) as Record<string, unknown> });
  }
  return {
    text(actionId) {
      const value = found.get(actionId)?.value.value;
      return typeof value === 'string' ? value : '';
    },
    chosen(actionId) {
      const { selected_option, selected_options, selected_conversations } = found.get(actionId)?.value ?? {};
      if (Array.isArray(selected_conversations)) return selected_conversations.filter((id) => typeof id === 'string');
      const all = Array.isArray(selected_options) ? selected_options : selected_option ? [selected_option] : [];
      return all.map((option) => (option as { value?: unknown }).value).filter((value) => typeof value === 'string');
    },
    moment(actionId) {
      const { selected_date_time: seconds } = found.get(actionId)?.value ?? {};
      return typeof seconds === 'number' ? seconds * 1_000 : null;
    },
    blockOf: (actionId) => found.get(actionId)?.block ?? actionId,
  };
}

/** Runs what a visit asks for; whatever goes wrong, the person gets a sentence. */
export async function attend(visit: Visit, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    try {
      await visit.answer(explain(error, visit));
    } catch (last) {
      visit.log.error({ err: last }, 'an answer could not be given');
    }
  }
}

export const notInstalled = say(textsFor(null).common.notInstalled);
export const outdated = (command: string, t: Texts) => say(t.common.outdated(command));
