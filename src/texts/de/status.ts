// How it stands with the connections, in German.

import type { Texts } from '../texts.ts';
import { words } from './words.ts';

const { plural } = words;
const permissions = (count: number) =>
  plural(count, { one: 'eine Berechtigung, die ich brauche,', other: 'Berechtigungen, die ich brauche,' });
const messages = (count: number) => `${count} ${plural(count, { one: 'Nachricht', other: 'Nachrichten' })}`;

export const status: Texts['status'] = {
  none: (command) => `Noch ist kein Calendly-Konto verbunden. Das geht mit \`${command} connect\`.`,
  moreAccounts: (count) => `… und ${count} ${plural(count, { one: 'weiteres Konto', other: 'weitere Konten' })}.`,
  noAddress:
    'Ich habe keine öffentliche Adresse, also frage ich Calendly jede Minute, statt gerufen zu werden. Wer diese App betreibt, kann PUBLIC_URL setzen.',
  lacksHere: (scopes, count, url) =>
    `Slack hat mir ${permissions(count)} nicht gegeben: ${scopes}. Ein Workspace-Admin gibt sie mir, indem er mich noch einmal installiert; sonst ändert sich dadurch nichts: ${url}`,
  lacks: (scopes, count) =>
    `Slack hat mir ${permissions(count)} nicht gegeben: ${scopes}. Wer diese App betreibt, ergänzt sie unter api.slack.com/apps → *OAuth & Permissions* → *Bot Token Scopes* und installiert mich dort neu.`,
  uncertain: (count) =>
    `Bei ${messages(count)} hat Slack nicht gesagt, ob sie angekommen ${plural(count, { one: 'ist', other: 'sind' })} (ungewiss). Ich wiederhole sie nicht, damit nichts doppelt erscheint. Sieh im Channel nach, dann drück *Zeig sie mir* und sag es mir.`,
  slow: (count, since) =>
    `${messages(count)} ${plural(count, { one: 'wartet', other: 'warten' })} seit ${since}. Ich versuche es weiter; wenn Slack in Ordnung ist, sagt das Protokoll der App, warum.`,
  held: (count) =>
    `${messages(count)} ${plural(count, { one: 'wird', other: 'werden' })} zurückgehalten, bis weitergeht, was pausiert ist.`,
  dead: (count, command) =>
    `${messages(count)} ${plural(count, { one: 'konnte', other: 'konnten' })} nicht gezeigt werden (aufgegeben). Ein Workspace-Admin oder App-Manager sieht, warum, und kann noch einmal senden: \`${command} admin dead\`.`,
  quarantined: (count) =>
    `${count} ${plural(count, { one: 'Änderung', other: 'Änderungen' })} von Calendly ${plural(count, { one: 'war', other: 'waren' })} nicht lesbar oder nicht glaubhaft (in Quarantäne), deshalb fehlt das auf den Karten. Sag bitte denen Bescheid, die diese App betreiben: Mehr sagt \`npm run doctor\`.`,
  paused: (count, command) =>
    `${count} ${plural(count, { one: 'Abo pausiert', other: 'Abos pausieren' })}; warum, zeigt \`${command} list workspace\`.`,

  notYet: 'noch keine',
  noneYet: 'noch keine',
  noneOfIt: 'keine geplant',
  role: (role, hears, who) => `Rolle ${role}${hears ? `, erfährt von ${hears}` : ''}; verbunden von ${who}`,
  standIn: (name, since, who) => `${name} vertritt es${since ? ` seit ${since}` : ''}, verbunden von ${who}.`,
  hook: (states) => `Hook: ${states}`,
  access: {
    signIn: 'Zugang: Anmeldung bei Calendly; ich erneuere sie von selbst.',
    token: 'Zugang: ein persönliches Zugriffstoken.',
  },
  mode: {
    hook: 'Betrieb: Hook. Calendly ruft mich, und eine Karte kommt binnen Sekunden.',
    unwell: 'Betrieb: Hook, den Calendly gerade nicht erreicht. Was mir entgeht, hole ich nach.',
  },
  lastChange: (at) => `Letzte Änderung erfahren: ${at}`,
  lastCheck: (check) => `Letzte Prüfung: ${check}`,
  nextCheck: (at) => `Nächste Prüfung: ${at}`,
  subscriptions: (active, paused) => `Abos: ${active} aktiv, ${paused} pausiert`,
  shown: (shown, waiting, since) =>
    `${messages(shown)} gezeigt, ${waiting === 0 ? 'nichts' : waiting} in Arbeit${since ? ` (das Älteste seit ${since})` : ''}.`,

  connected: '✅ verbunden',
  notWorking: (reason) => `⚠️ funktioniert nicht.${reason}`,
  disconnected: (reason) => `getrennt.${reason}`,
  routingForms: 'Routing-Formulare',
  bookings: 'Buchungen',
  hooks: {
    making: '⏳ wird gerade angemeldet',
    active: '✅ aktiv',
    retrying: '⚠️ Calendly erreicht mich schlecht und versucht es weiter',
    disabled: '⚠️ von Calendly abgeschaltet; die nächste Prüfung ersetzt ihn',
    missing: '⚠️ fehlt bei Calendly; die nächste Prüfung legt einen neuen an',
    retired: 'ersetzt',
  },
  noHook: '⚠️ keiner; die nächste Prüfung legt einen an',
  noHookNoAddress: '⚠️ keiner, da ich keine öffentliche Adresse habe (PUBLIC_URL)',

  nothingToCheck: 'Kein Calendly-Konto ist verbunden, da gibt es nichts zu prüfen. Gib zuerst `{command} connect` ein.',
  checking: (accounts) => `⏳ Ich prüfe ${accounts}…`,
  allInOrder: 'Alles ist in Ordnung.',
  noSuccess: 'Die Prüfung ist nicht gelungen. Versuch es bitte in einer Minute noch einmal.',

  catchUp: {
    reasons: {
      connected: 'weil das Konto wieder verbunden wurde',
      start: 'beim Start',
      hook: 'weil mit dem Hook etwas nicht stimmte',
      poll: 'wie jede Minute',
      hourly: 'wie jede Stunde',
      nightly: 'wie jede Nacht',
    },
    nothingYet: 'Nachholen: noch nichts nachzuholen',
    polls: (minutes) =>
      `Betrieb: Abfrage. Ohne öffentliche Adresse frage ich Calendly ${plural(minutes, { one: 'jede Minute', other: `alle ${minutes} Minuten` })}: Eine Karte kommt bis zu ${minutes + 1} Minuten später, ein Nichterscheinen bis zu eine Stunde.`,
    running: (from, to, reached, found) =>
      `Ich hole nach: Termine vom ${from} bis zum ${to}${reached ? `, angelangt beim ${reached}` : ''}, bisher ${found || 'nichts Neues'}.`,
    waits: (until, why) => `⚠️ Ich warte bis ${until}: ${why}`,
    last: (at, why, from, to, found) =>
      `Zuletzt nachgeholt: ${at}, ${why}; Termine vom ${from} bis zum ${to}: ${found || 'nichts hat gefehlt'}.`,
    before: (at, found) => `Davor, ${at}: ${found}.`,
    limited: (until) =>
      `⏳ Die Zahl der Anfragen, die Calendly erlaubt, ist fast erschöpft: Ich frage weiter ${until}. Buchungen, die der Hook meldet, kommen so schnell wie sonst.`,
    limitedPolls: (until) =>
      `⏳ Die Zahl der Anfragen, die Calendly erlaubt, ist fast erschöpft: Ich frage weiter ${until}.`,
    unread: (count) => `⚠️ ${count} nicht lesbar.`,
    found: {
      booked: (count) => `${count} ${plural(count, { one: 'Buchung', other: 'Buchungen' })}`,
      moved: (count) => `${count} verschoben`,
      canceled: (count) => `${count} ${plural(count, { one: 'Absage', other: 'Absagen' })}`,
      noshow: (count) => `${count} nicht erschienen`,
      changed: (count) => `${count} ${plural(count, { one: 'geänderte Angabe', other: 'geänderte Angaben' })}`,
    },
  },
};
