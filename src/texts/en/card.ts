// A booking’s card: its parts, the buttons on it, and the same in sentences for screen readers.

import { words } from './words.ts';

const { plural } = words;
const nth = (count: number) => `${count}${words.ordinal(count, { one: 'st', two: 'nd', few: 'rd', other: 'th' })}`;

export const card = {
  sample: 'TEST',
  sampleSaid: 'TEST, not a real booking.',
  meeting: 'Meeting',
  form: 'Form',
  routingForm: 'Routing form',
  somebody: 'Somebody',
  erased: 'Erased person',
  aHost: 'Host',

  booked: 'booked',
  noGuestsLeft: 'no guests left',
  moving: 'being moved',
  moved: 'moved',
  movedAgain: (times: number) => `moved (${nth(times)} time)`,
  noShow: 'no-show',
  noShowMarked: (at: string) => `no-show, marked ${at}`,
  routed: 'form submitted',
  canceled: 'canceled',
  canceledBefore: (duration: string) => `canceled ${duration} before`,
  canceledAfter: (duration: string) => `canceled ${duration} after its start`,
  late: 'late',
  byInvitee: 'by invitee',
  byHost: (name: string) => (name ? `by host ${name}` : 'by host'),
  by: (name: string) => `by ${name}`,
  quoted: (reason: string) => `“${reason}”`,

  newTimeToFollow: 'new time to follow',
  NewTimeToFollow: 'New time to follow',
  /** In sentences: what comes before the old time, or between the old one and the new. */
  untilNow: (old: string) => `until now ${old}`,
  fromTo: (old: string) => `from ${old} to `,
  forTheInvitee: (time: string) => `${time} for the invitee`,
  with: (meeting: string, who: string) => `${meeting} with ${who}`,
  sentBy: (form: string, who: string) => `${form} by ${who}`,

  seats: (taken: number, limit: number) => `${taken} of ${limit} seats`,
  guests: (count: number) => `${count} ${plural(count, { one: 'guest', other: 'guests' })}`,
  guestNoShow: (name: string) => `${name} (no-show)`,
  moreGuests: (count: number) => `+${count} more`,
  moreGuestsOfThem: (count: number, noShows: number) =>
    `+${count} more (${noShows} ${plural(noShows, { one: 'no-show', other: 'no-shows' })})`,
  left: (count: number) => `${count} left`,
  movedAway: (count: number) => `${count} moved to another time`,
  nthBooking: (count: number) => `${nth(count)} booking`,
  earlierNoShows: (count: number) => `${count} earlier ${plural(count, { one: 'no-show', other: 'no-shows' })}`,
  hosts: (count: number, names: string) => `${plural(count, { one: 'Host', other: 'Hosts' })} ${names}`,
  andMore: (names: string, count: number) => `${names} and ${count} more`,
  paid: (amount: string, currency: string) => `${amount} ${currency} paid`,
  notPaid: (amount: string, currency: string) => `${amount} ${currency} not paid`,
  ahead: (duration: string) => `booked ${duration} ahead`,
  arrivedLate: (duration: string) => `arrived ${duration} late`,

  places: {
    physical: 'In person',
    outbound_call: 'Phone call',
    inbound_call: 'Phone call, invitee dials',
    ask_invitee: 'Place named by the invitee',
  },
  insteadOf: (place: string, old: string) => `${place} instead of ${old}`,
  placeToBeAgreed: 'Place to be agreed',

  wholeInThread: ' (whole in the thread)',
  moreAnswers: (count: number) => `+${count} more ${plural(count, { one: 'answer', other: 'answers' })}`,
  moreAnswersInThread: (count: number) =>
    `+${count} more ${plural(count, { one: 'answer', other: 'answers' })} in the thread`,

  join: 'Join',
  joinOf: (meeting: string) => `Join ${meeting}`,
  details: 'Details',
  detailsOf: (meeting: string) => `Details of ${meeting}`,

  noLongerFollowed: 'This channel no longer follows it',
  followsAll: 'This channel follows every event type',
  follows: (types: string) => `This channel follows ${types}`,
  asked: 'A sample asked for with the test command; nobody booked this',
  question: 'What should we cover?',
  answer: 'Pricing for 40 seats',
  conflict: 'A conflict came up',
};
