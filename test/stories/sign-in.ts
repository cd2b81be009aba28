// What stories of signing in need: a world with an OAuth app, and a person who signs in.

import type { CalUser } from '../../sandbox/calendly/model.ts';
import { type Browser, browser, goOn, type Shown } from './browser.ts';
import { modalSaying, type Who } from './people.ts';
import { type World, world } from './world.ts';

/** A world whose operator has registered an OAuth app at Calendly. */
export async function signInWorld(): Promise<World & { env: Record<string, string> }> {
  const w = await world({ start: false });
  const { clientId, clientSecret, signingKey } = w.calendly.app;
  const env = {
    CALENDLY_CLIENT_ID: clientId,
    CALENDLY_CLIENT_SECRET: clientSecret,
    CALENDLY_WEBHOOK_SIGNING_KEY: signingKey,
  };
  await w.restart(env);
  return Object.assign(w, { env });
}

/** Types `connect` and answers with the address behind the button. */
export async function link(w: World, who: Who = 'ann', words = 'connect'): Promise<string> {
  await w.slack.as(who).command(w.slack.channels.general, words);
  const modal = await modalSaying(w, who, /Sign in with Calendly/);
  const found = /"url":"([^"]+)"/.exec(JSON.stringify(modal.blocks))?.[1];
  if (!found) throw new Error('the modal has no link');
  return found;
}

/** All of it: the last page. */
export async function signIn(
  w: World,
  o: { who?: Who; user?: CalUser; scopes?: string[]; deny?: boolean; browser?: Browser; typed?: string } = {},
): Promise<Shown> {
  const b = o.browser ?? browser();
  return b.open(w.calendly.consent(await goOn(b, await link(w, o.who, o.typed)), o));
}
