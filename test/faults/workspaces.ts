// Many workspaces in one app: each installs it from its own page, connects a Calendly account and subscribes a channel, as people do.

import type { Workspace } from '../../sandbox/slack/workspace.ts';
import { browser } from '../stories/browser.ts';
import { connect, type FaultWorld } from './harness.ts';
import { eventually } from './process.ts';

/** One workspace, its channel, and the hook that Calendly calls for it. */
export interface Tenant {
  n: number;
  team: Workspace;
  channel: string;
  hook: { path: string; signingKey: string };
}

/** So many set up at a time. */
const besideEachOther = 6;

/** `count` of them: the world's own first. All connect the same Calendly account, so that nothing but the app keeps them apart. */
export async function tenants(world: FaultWorld, count: number): Promise<Tenant[]> {
  world.calendly.rateLimit.limit = 1_000_000;
  const teams: { team: Workspace; channel: string }[] = [{ team: world.slack, channel: world.channels[0]! }];
  for (let n = 1; n < count; n++) {
    const team = world.slack.addWorkspace({ name: `Team ${n}`, domain: `team-${n}`, installed: false });
    teams.push({ team, channel: team.channels.sales });
  }
  const waiting = teams.slice(1);
  const next = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) await settleIn(world, one);
  };
  await Promise.all(Array.from({ length: besideEachOther }, next));
  const hooks = await hooksByTeam(world);
  return teams.map(({ team, channel }, n) => {
    const hook = hooks.get(team.team.id);
    if (!hook) throw new Error(`workspace ${n} has no hook`);
    return { n, team, channel, hook };
  });
}

async function settleIn(world: FaultWorld, { team, channel }: { team: Workspace; channel: string }): Promise<void> {
  await install(world, team);
  const there: FaultWorld = { ...world, slack: inWorkspace(world, team) };
  await connect(there, world.calendly.tokens.olga, 'Acme Sales');
  await team.as('ann').command(channel, `subscribe "${world.types[0]!.name}" booked canceled`);
  const said = () => team.messages(channel).some((message) => message.user === team.botUserId);
  if (!(await eventually(said, 60_000))) throw new Error(`a channel of ${team.team.name} was told of no subscription`);
}

async function install(world: FaultWorld, team: Workspace): Promise<void> {
  const b = browser();
  const address = `${world.urls[0]}/slack/install`;
  const pressed = await b.press(await b.open(address), address);
  const consent = await b.open(`${pressed.headers.get('location')}&allow=${team.team.id}`);
  const done = await b.open(consent.headers.get('location') ?? '');
  if (done.status !== 200) throw new Error(`installing ended with ${done.status}: ${done.text}`);
}

/** The same steps in any workspace as in the first. */
const inWorkspace = (world: FaultWorld, team: Workspace): FaultWorld['slack'] =>
  Object.defineProperties(Object.create(world.slack), Object.getOwnPropertyDescriptors(team));

async function hooksByTeam(world: FaultWorld): Promise<Map<string, Tenant['hook']>> {
  const rows = await world.memory.rows<{ team: string; token: string }>(
    `select i.team_id as team, h.url_token as token from hook h join installation i on i.id = h.installation_id where h.family = 'invitee'`,
  );
  const keys = new Map(world.calendly.hooks.map((hook) => [new URL(hook.callback_url).pathname, hook.signing_key]));
  return new Map(
    rows.map(({ team, token }) => {
      const path = `/calendly/webhooks/${token}`;
      return [team, { path, signingKey: keys.get(path) ?? '' }];
    }),
  );
}
