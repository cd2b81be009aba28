// What stories of installing need: a world without a bot token, and somebody who adds the app in a browser.

import type { Workspace } from '../../sandbox/slack/workspace.ts';
import { type Browser, browser, type Shown } from './browser.ts';
import { type World, world } from './world.ts';

/** A world whose app has a client instead of a bot token; in none of the sandbox's workspaces is it installed yet. */
export async function installableWorld(
  more: Record<string, string> = {},
): Promise<World & { env: Record<string, string> }> {
  const w = await world({ start: false });
  const env = {
    SLACK_BOT_TOKEN: '',
    SLACK_CLIENT_ID: w.slack.clientId,
    SLACK_CLIENT_SECRET: w.slack.clientSecret,
    SLACK_AUTHORIZE_URL: w.slack.authorizeUrl,
    ...more,
  };
  await w.restart(env);
  return Object.assign(w, { env });
}

/** From the page with the button to Slack's; the address of Slack's page. */
export async function toSlack(w: World, b: Browser): Promise<string> {
  const address = `${w.app.url}/slack/install`;
  const pressed = await b.press(await b.open(address), address);
  const to = pressed.headers.get('location');
  if (pressed.status !== 303 || !to) throw new Error(`not sent to Slack: ${pressed.status} ${pressed.text}`);
  return to;
}

/** Says yes for this workspace or organization at Slack; where Slack sends the browser back to. */
export async function allowed(b: Browser, at: string, id: string, more = ''): Promise<string> {
  const sent = await b.open(`${at}&allow=${id}${more}`);
  const back = sent.headers.get('location');
  if (sent.status !== 302 || !back) throw new Error(`Slack did not send anybody back: ${sent.status} ${sent.text}`);
  return back;
}

/** All of it: the last page. */
export async function install(
  w: World,
  where: { id: string } = w.slack.team,
  o: { browser?: Browser; more?: string } = {},
): Promise<Shown> {
  const b = o.browser ?? browser();
  return b.open(await allowed(b, await toSlack(w, b), where.id, o.more));
}

/** The same steps in any workspace as in the first. */
export const inWorkspace = (w: World, team: Workspace): World => ({
  ...w,
  app: w.app,
  slack: Object.defineProperties(Object.create(w.slack), Object.getOwnPropertyDescriptors(team)),
});
