// Puts whatever a delivery says into Slack's form (pure).

import type { KnownBlock } from '@slack/types';
import type { Content } from '../../delivery/card.ts';
import { ownersMessage } from './admin.ts';
import { renderCard } from './card.ts';
import { renderReply } from './reply.ts';

// chat.update refuses more than 4,000 characters, and a longer post may be split into several messages.
const TEXT_MAX = 3900;

/** `plain`: the text alone, for the second try after Slack has refused the blocks. */
export function render(content: Content, { plain }: { plain: boolean }): { text: string; blocks?: KnownBlock[] } {
  switch (content.kind) {
    case 'card': {
      const card = renderCard(content.card);
      return plain ? { text: card.text } : card;
    }
    case 'reply':
      return renderReply(content.reply);
    case 'notice':
      return { text: shortened(content.text) };
    case 'letters': {
      const { letters, more } = content;
      const message = ownersMessage(letters, letters, more);
      return plain ? { text: message.text } : message;
    }
  }
}

/** Never ends within a `<link>` of ours, which would show its inside, nor within a character. */
function shortened(text: string): string {
  if (text.length <= TEXT_MAX) return text;
  const head = text.slice(0, TEXT_MAX - 1).replace(/[\uD800-\uDBFF]$/, '');
  return `${head.replace(/<[^<>]*$/, '').replace(/&[a-z]{0,3}$/, '')}…`;
}
