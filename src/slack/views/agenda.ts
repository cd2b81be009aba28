// The window that says when a channel is told its agenda: each day, each week, or not (pure).

import type { InputBlock, ModalView } from '@slack/types';
import { clockWords, type Digest } from '../../subscription/agenda.ts';
import type { Texts } from '../../texts/index.ts';
import { section } from '../messages/answers.ts';
import { modal } from './modal.ts';

export const AGENDA = 'agenda';
export const OFF = 'off';

export function digestForm(facts: { channel: string; digests: readonly Digest[]; zone: string }, t: Texts): ModalView {
  const { channel, digests } = facts;
  const words = t.agenda;
  const day = digests.find(({ every }) => every === 'day');
  const week = digests.find(({ every }) => every === 'week');
  const any = day ?? week;
  const weekdays = words.weekdays.map((name, i) => option(name, String(i + 1)));
  const empties = [option(words.line, 'line'), option(words.silence, 'silence')];
  return modal(
    {
      title: words.windowTitle,
      callbackId: AGENDA,
      submit: words.save,
      close: t.common.cancel,
      metadata: channel,
      blocks: [
        section(words.intro(`<#${channel}>`)),
        times('daily', words.daily, day, t),
        times('weekly', words.weekly, week, t),
        select('weekday', words.weekdayLabel, weekdays, weekdays[(week?.weekday ?? 1) - 1]!),
        {
          type: 'input',
          block_id: 'zone',
          label: { type: 'plain_text', text: words.zone },
          hint: { type: 'plain_text', text: words.zoneHint },
          element: {
            type: 'plain_text_input',
            action_id: 'zone',
            initial_value: any?.zone ?? facts.zone,
            max_length: 60,
          },
        },
        {
          type: 'input',
          block_id: 'empty',
          label: { type: 'plain_text', text: words.whenEmpty },
          element: {
            type: 'radio_buttons',
            action_id: 'empty',
            options: empties,
            initial_option: empties[any?.empty === 'silence' ? 1 : 0]!,
          },
        },
      ],
    },
    t,
  );
}

type Option = ReturnType<typeof option>;
const option = (text: string, value: string) => ({ text: { type: 'plain_text' as const, text }, value });

/** Every half hour, and the one that is set where that is another. */
function times(id: string, label: string, set: Digest | undefined, t: Texts): InputBlock {
  const all = new Set([...Array.from({ length: 48 }, (_, i) => i * 30), ...(set ? [set.minute] : [])]);
  const options = [...all].sort((a, b) => a - b).map((minute) => option(clockWords(minute), String(minute)));
  const off = option(t.agenda.off, OFF);
  const initial = options.find(({ value }) => value === String(set?.minute)) ?? off;
  return select(id, label, [off, ...options], initial);
}

const select = (id: string, label: string, options: Option[], initial: Option): InputBlock => ({
  type: 'input',
  block_id: id,
  label: { type: 'plain_text', text: label },
  element: { type: 'static_select', action_id: id, options, initial_option: initial },
});
