// Puts whatever a delivery says into Slack's form (pure).

import type { KnownBlock } from '@slack/types';
import type { Content } from '../../delivery/content.ts';
import { type Texts, textsFor, translated } from '../../texts/index.ts';
import { ownersMessage } from './admin.ts';
import { renderCard } from './card.ts';
import { renderDigest } from './digest.ts';
import type { People } from './parts.ts';
import { renderReply } from './reply.ts';
import { clipped, TEXT_MAX } from './text.ts';

/**
 * `plain`: the text alone, for the second try after Slack has refused the blocks. `people`: the Slack user ids of e-mail addresses in lower case, as far as
 * they are known. `t`: of whoever reads a notice; cards and what belongs to them bring their language along.
 */
export function render(
  content: Content,
  { plain, people, t }: { plain: boolean; people?: People | undefined; t?: Texts | null },
): { text: string; blocks?: KnownBlock[] } {
  switch (content.kind) {
    case 'card': {
      const card = renderCard(content.card, people);
      return plain ? { text: card.text } : card;
    }
    case 'reply':
      return renderReply(content.reply, content.broadcast);
    case 'digest':
      return renderDigest(content.digest);
    case 'notice':
      return { text: clipped(t ? translated(content.text, t) : content.text, TEXT_MAX) };
    case 'letters': {
      const { letters, more } = content;
      const message = ownersMessage(letters, letters, more, 0, t ?? textsFor(null));
      return plain ? { text: message.text } : message;
    }
  }
}
