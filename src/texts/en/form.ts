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
  hosts: 'Hosts',
  anyHost: 'Any host',
  domains: 'Invitee’s company or e-mail',
  filters: 'More filters',
  filtersHint:
    'As in the command: lead: location: answer."Question": utm: group: paid: type: host: – with a - in front to leave out.',
  filtersOnly: 'Only filters here, such as lead:<24h or -host:"Bo". All else has its own field.',
  noneSuch: (sentence: string, near: string) => `${sentence}${near ? ` Did you mean ${near}?` : ''}`,
  kinds: 'Kinds of change',
  atLeastOneKind: 'Choose at least one kind of change.',
};
