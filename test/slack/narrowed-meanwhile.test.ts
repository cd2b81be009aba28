// A channel is shared with outsiders while somebody changes its subscription: what was narrowed for that stays narrowed.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { addConnection, openDoor, type Stage } from './fake-product.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openDoor();
  addConnection(stage.product, { installationId: stage.installationId, connectedBy: stage.slack.users.ann });
  await type('subscribe all booked');
});
afterEach(() => stage.stop());

const type = async (text: string): Promise<string> => {
  const { ephemerals } = await stage.slack.as('ann').command(stage.slack.channels.sales, text);
  return ephemerals.at(-1)!.text;
};
const saved = () => [...stage.product.saved.values()][0]!;
const narrow = () => {
  const { id, options } = saved();
  stage.product.saved.set(id, { ...saved(), options: { ...options, privacy: 'business' } });
};
/** Right after the first change is saved. */
const narrowOnceSaved = () => {
  const { subscriptions } = stage.product;
  const { updateSubscription } = subscriptions;
  subscriptions.updateSubscription = async (...change) => {
    subscriptions.updateSubscription = updateSubscription;
    const done = await updateSubscription(...change);
    narrow();
    return done;
  };
};
const refusePosts = () =>
  stage.slack.faults.add({ method: 'chat.postMessage', kind: 'error', error: 'restricted_action' });

test('kinds alone are set', async () => {
  stage.product.override.ensureRouting = narrow;
  await type('events booked routed');
  expect(saved()).toMatchObject({ kinds: ['booked', 'routed'], options: { privacy: 'business' } });
});

test('subscribing again with other kinds leaves the look alone', async () => {
  stage.product.override.subscriptionsIn = narrow;
  await type('subscribe all noshow');
  expect(saved()).toMatchObject({ kinds: ['noshow'], options: { privacy: 'business' } });
});

test('another look, made of the one that was there, is not saved, and that is said', async () => {
  stage.product.override.subscriptionsIn = narrow;
  expect(await type('subscribe all --style line')).toMatch(/changed at the same moment.*again/);
  expect(saved()).toMatchObject({ kinds: ['booked'], options: { privacy: 'business', style: 'card' } });
});

test.each([
  ['events noshow', { kinds: ['booked'], options: { privacy: 'business', style: 'card' } }],
  ['subscribe all noshow', { kinds: ['booked'], options: { privacy: 'business', style: 'card' } }],
  // Nobody can tell any more which part of it was whose: the narrower one stays as it is.
  ['subscribe all noshow --style line', { kinds: ['booked'], options: { privacy: 'business' } }],
])('%s, which the channel cannot be told, takes back what it changed and no more', async (words, left) => {
  narrowOnceSaved();
  refusePosts();
  await type(words);
  expect(saved()).toMatchObject(left);
});

test('nor is a pause that came meanwhile taken back', async () => {
  const { subscriptions } = stage.product;
  const { updateSubscription } = subscriptions;
  subscriptions.updateSubscription = async (...change) => {
    subscriptions.updateSubscription = updateSubscription;
    const done = await updateSubscription(...change);
    stage.product.saved.set(saved().id, { ...saved(), state: 'paused', reason: 'I was removed.' });
    return done;
  };
  refusePosts();
  await type('events noshow');
  expect(saved()).toMatchObject({ kinds: ['booked'], state: 'paused' });
});

test('a subscription that is gone by then is not said to be changed', async () => {
  stage.product.override.subscriptionsIn = () => stage.product.saved.clear();
  expect(await type('subscribe all noshow')).toMatch(/changed at the same moment/);
});
