// The ledger in one picture: what was booked, what the app has, what stands in Slack, each meeting as a tile, and one sentence for all of it.
import { el, plural } from './dom.js';

const STATES = {
  true: { sign: '✓', says: 'stands, and is true' },
  behind: { sign: '↻', says: 'stands, is about to change' },
  waiting: { sign: '…', says: 'on its way' },
  unwanted: { sign: '–', says: 'no channel follows it' },
  twice: { sign: '×2', says: 'stands twice in a channel' },
  missing: { sign: '!', says: 'missing' },
};

const whenFormat = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: 'numeric',
  minute: '2-digit',
});
const initials = (name) =>
  name
    .split(/\s+/)
    .map((word) => [...word][0] ?? '')
    .slice(0, 2)
    .join('');

/** The one sentence, and how it is meant: good, waits, bad. */
function verdictOf(ledger, demo) {
  const { booked, stands, onItsWay, missing, twice, unsure, unwanted, givenUp } = ledger;
  if (missing + twice + givenUp > 0) {
    const parts = [
      missing > 0 && `${missing} missing`,
      twice > 0 && `${twice} shown twice`,
      givenUp > 0 && `${givenUp} given up`,
    ].filter(Boolean);
    return { kind: 'bad', text: `Something is wrong: ${parts.join(', ')}.` };
  }
  if (booked === 0) return { kind: 'calm', text: 'Nothing is booked yet since the channel was subscribed.' };
  if (demo.appState === 'killed')
    return {
      kind: 'waits',
      text: `The app is dead. ${plural(onItsWay, 'meeting waits', 'meetings wait')}; nothing is lost.`,
    };
  if (onItsWay > 0)
    return {
      kind: 'waits',
      text: `${stands} of ${booked} stand in Slack; ${onItsWay === 1 ? '1 is' : `${onItsWay} are`} on the way.`,
    };
  if (unsure > 0)
    return {
      kind: 'waits',
      text: `All ${booked} stand in Slack once. Of ${unsure} Slack did not say so: the app asks Ann instead of sending again.`,
    };
  const wanted = booked - unwanted;
  const rest = unwanted > 0 ? ` ${unwanted} more, which no channel follows.` : '';
  const kills = demo.kills > 0 ? ` Killed ${demo.kills === 1 ? 'once' : `${demo.kills} times`}.` : '';
  return {
    kind: 'good',
    text: `${wanted === 1 ? '1 meeting stands' : `All ${wanted} meetings stand`} in Slack, once each. Nothing lost, nothing twice.${kills}${rest}`,
  };
}

function station(name, figure, caption, isWell, state) {
  return el(
    'div',
    `station ${isWell ? '' : 'station-ill'}`,
    { 'data-testid': `station-${name.toLowerCase().replace(/\W+/g, '-')}` },
    el('span', 'station-name', {}, name),
    el('strong', 'station-figure', {}, String(figure)),
    el('span', 'station-caption', {}, caption),
    el('span', 'station-state', {}, state),
  );
}

/** Between two stations: how many wait there. */
function way(count, words) {
  return el(
    'div',
    `way ${count > 0 ? 'way-busy' : ''}`,
    {},
    el('span', 'way-line', { 'aria-hidden': 'true' }),
    el('span', 'way-words', {}, count === null ? 'nobody can say' : count > 0 ? `${count} ${words}` : 'nothing waits'),
  );
}

function tile({ title, who, start, state, channels, isCanceled }) {
  const { sign, says } = STATES[state];
  const where = channels.length > 0 ? ` in ${channels.map((name) => `#${name}`).join(', ')}` : '';
  const whole = `${title} with ${who}, ${whenFormat.format(new Date(start))}${isCanceled ? ', canceled' : ''}: ${says}${where}`;
  return el(
    'li',
    `tile tile-${state} ${isCanceled ? 'tile-canceled' : ''}`,
    { title: whole, 'data-testid': 'tile', 'data-state': state },
    el('span', 'tile-sign', { 'aria-hidden': 'true' }, sign),
    el('span', 'tile-who', { 'aria-hidden': 'true' }, /^\d/.test(who) ? who.split(' ')[0] : initials(who)),
    el('span', 'unseen', {}, whole),
  );
}

const LIGHTS = [
  ['calendly', 'Calendly'],
  ['app', 'App'],
  ['slack', 'Slack'],
];

export function createLedger(place, verdict, lights) {
  return {
    draw(demo) {
      const { ledger, troubles, appState } = demo;
      const isIll = (side) => troubles.some((each) => each.side === side && each.isOn && each.isSwitch);
      const ill = { calendly: isIll('calendly'), app: appState !== 'up', slack: isIll('slack') };
      const { kind, text } = verdictOf(ledger, demo);
      verdict.className = `verdict verdict-${kind}`;
      if (verdict.textContent !== text) verdict.textContent = text;
      lights.replaceChildren(
        ...LIGHTS.map(([side, name]) =>
          el(
            'li',
            `light ${ill[side] ? 'light-ill' : ''}`,
            {},
            name,
            el('span', 'unseen', {}, ill[side] ? ' is broken' : ' is well'),
          ),
        ),
      );
      const appSays = { up: 'works', starting: 'starts', killed: 'killed', ended: 'ended' }[appState];
      const kept = Math.max(ledger.kept, ledger.acknowledged);
      const found = kept - ledger.acknowledged;
      const more = [
        found > 0 && `${found} looked up`,
        ledger.repeated > 0 && `${plural(ledger.repeated, 'duplicate')} dropped`,
      ].filter(Boolean);
      place.replaceChildren(
        el('div', 'dock-head', {}, el('h2', '', {}, 'Ledger')),
        el(
          'div',
          'flow',
          {},
          station(
            'Calendly',
            ledger.booked,
            ledger.booked === 1 ? 'meeting booked' : 'meetings booked',
            !ill.calendly,
            ill.calendly ? 'broken on purpose' : 'is well',
          ),
          way(ledger.underWay.calendly, 'not taken yet'),
          station(
            'The app',
            kept,
            [`${kept === 1 ? 'change' : 'changes'} kept`, ...more].join(', '),
            !ill.app,
            appSays,
          ),
          way(ledger.underWay.app, 'not shown yet'),
          station(
            'Slack',
            ledger.cards,
            ledger.cards === 1 ? 'card stands' : 'cards stand',
            !ill.slack,
            ill.slack ? 'broken on purpose' : 'is well',
          ),
        ),
        el(
          'ul',
          'tiles',
          { 'aria-label': 'Each meeting' },
          ...(ledger.meetings.length > 0
            ? ledger.meetings.map(tile)
            : [el('li', 'no-tiles', {}, 'Each meeting becomes a tile here, once a channel is subscribed.')]),
        ),
        el(
          'p',
          'legend',
          {},
          'Counted at the sandbox’s Calendly and Slack, not by the app: ',
          ...Object.entries(STATES)
            .filter(
              ([state]) =>
                ['true', 'behind', 'waiting', 'unwanted'].includes(state) ||
                ledger.meetings.some((each) => each.state === state),
            )
            .map(([state, { sign, says }]) =>
              el('span', 'legend-entry', {}, el('span', `tile-sign key-${state}`, {}, sign), ` ${says} `),
            ),
        ),
      );
    },
  };
}
