// The frame of every modal, and the two plain ones: work in progress, and a message.

import type { KnownBlock, ModalView } from '@slack/types';
import type { Texts } from '../../texts/index.ts';
import { section } from '../messages/answers.ts';
import type { Message } from '../web.ts';

export interface Frame {
  title: string;
  blocks: KnownBlock[];
  callbackId?: string;
  submit?: string;
  close?: string;
  metadata?: string;
}

export function modal(frame: Frame, t: Texts): ModalView {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: frame.title },
    blocks: frame.blocks,
    close: { type: 'plain_text', text: frame.close ?? t.common.close },
    ...(frame.submit ? { submit: { type: 'plain_text', text: frame.submit } } : {}),
    ...(frame.callbackId ? { callback_id: frame.callbackId } : {}),
    ...(frame.metadata ? { private_metadata: frame.metadata } : {}),
  };
}

export function progress(title: string, sentence: string, t: Texts): ModalView {
  return modal({ title, blocks: [section(`⏳ ${sentence}`)] }, t);
}

export function messageModal(title: string, message: Message, t: Texts): ModalView {
  return modal({ title, blocks: message.blocks ?? [section(message.text)] }, t);
}
