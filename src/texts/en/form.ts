// The window to subscribe a channel.

export const form = {
  title: 'Subscribe',
  titleKinds: 'Kinds of change',
  submit: 'Subscribe',
  save: 'Save',
  saving: 'Saving…',
  fetching: 'Fetching your event types from Calendly…',
  question: (channel: string) => `What should ${channel} hear of?`,
  newOne: 'A new subscription',
  which: 'Subscription',
  account: 'Calendly account',
  types: 'Event types',
  anEventType: 'Event type',
  allTypes: 'All event types',
  typesHint: 'Leave empty for all of them, those made later included.',
  kinds: 'Kinds of change',
  atLeastOneKind: 'Choose at least one kind of change.',
};
