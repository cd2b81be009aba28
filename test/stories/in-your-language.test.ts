// A channel hears in its own language, and each person is answered in theirs: in one workspace, at the same time.

import { beforeEach, describe, expect, it } from 'vitest';
import { browser, goOn } from './browser.ts';
import { ask, hears, managers, modalSaying, paste, said, sentences, toldInPrivate, words } from './people.ts';
import { link, signInWorld } from './sign-in.ts';
import { inDatabase } from './view.ts';
import { connect, type World, world } from './world.ts';

let w: World;
beforeEach(async () => {
  w = await world({ env: { SLACK_CHANNEL_RATE: '100' } });
});

/** What the app remembers of each subscription's language, oldest first; the usual one is not worth remembering. */
const languages = async (): Promise<(string | undefined)[]> => {
  const rows = await inDatabase(w.storage, 'select options from subscription order by created_at, id');
  return rows.map((row) => (JSON.parse(String(row.options)) as { language?: string }).language);
};

/** Ann, who reads German, connects an account. */
async function connectInGerman(): Promise<string> {
  await w.slack.as('ann').command(w.slack.channels.general, 'connect');
  const form = await modalSaying(w, 'ann', /Zugriffstoken/);
  expect(words(form)).toMatch(/Öffne in Calendly/);
  await w.slack.as('ann').submit(form, { token: w.calendly.tokens.olga });
  return sentences(await modalSaying(w, 'ann', /Verbunden/));
}

describe('a channel', () => {
  beforeEach(async () => void (await connect(w)));

  it('that speaks German gets German cards and lines in its threads, and the English person who subscribed it English answers', async () => {
    w.slack.setLocale('sales', 'de-DE');
    const answer = await ask(w, 'ann', 'sales', 'subscribe "Demo call"');
    expect(answer.text).toMatch(/^✅ Subscribed\. <#\w+> now hears of \*Demo call\*/);
    expect(await languages()).toEqual(['de']);

    const ada = w.calendly.book({ type: 'Demo call', name: 'Ada Lovelace' });
    const card = await hears(w, 'sales', /Ada Lovelace/);
    expect(card.text).toMatch(/^Gebucht: Demo call mit Ada Lovelace \(.+\), <!date/);
    expect(words(card)).toMatch(/✅ \*Demo call\* · gebucht/);
    expect(words(card)).toContain('Dieser Channel folgt Demo call');
    w.calendly.cancel(ada, { by: 'invitee', reason: 'Krank' });
    const line = await hears(w, 'sales', /^❌ Abgesagt/);
    expect(line.text).toMatch(/^❌ Abgesagt .+ vor Beginn von Ada Lovelace \(eingeladene Person\) · „Krank“$/);
    await hears(w, 'sales', /^Abgesagt .+ vor Beginn.*: Demo call mit Ada Lovelace/);
    expect(said(w, 'sales', /canceled|booked|This channel follows/i).map(({ text }) => text)).toEqual([]);
  });

  it('of which nothing is known speaks English, as does one whose language is not spoken here', async () => {
    w.slack.setLocale('sales', 'fr-FR');
    await ask(w, 'ann', 'sales', 'subscribe all');
    w.calendly.book({ type: 'Demo call', name: 'Bob' });
    expect((await hears(w, 'sales', /Bob/)).text).toMatch(/^Booked: Demo call with Bob/);
    expect(await languages()).toEqual([undefined]);
  });

  it('can be told which language to speak, by words, and cards that are there change with their next news', async () => {
    await ask(w, 'ann', 'sales', 'subscribe all');
    const ada = w.calendly.book({ type: 'Demo call', name: 'Ada Lovelace' });
    expect((await hears(w, 'sales', /Ada/)).text).toMatch(/^Booked/);
    expect((await ask(w, 'ann', 'sales', 'subscribe --language deutsch')).text).toMatch(/; in German\./);
    expect(await languages()).toEqual(['de']);
    w.calendly.cancel(ada, { by: 'host' });
    await hears(w, 'sales', /^Abgesagt/);
    await ask(w, 'ann', 'sales', 'subscribe --language en');
    expect(await languages()).toEqual([undefined]);
    expect((await ask(w, 'ann', 'sales', 'subscribe --language xx')).text).toMatch(
      /--language cannot be “xx”\. It can be en or de/,
    );
  });

  it('keeps its language when it unsubscribes and takes that back, and on the card nobody follows any more', async () => {
    w.slack.setLocale('sales', 'de-DE');
    await ask(w, 'ann', 'sales', 'subscribe all');
    const ada = w.calendly.book({ type: 'Demo call', name: 'Ada Lovelace' });
    await hears(w, 'sales', /^Gebucht/);
    const gone = await ask(w, 'ann', 'sales', 'unsubscribe');
    w.calendly.cancel(ada, { by: 'host' });
    await hears(w, 'sales', /^Abgesagt.*Dieser Channel folgt dem nicht mehr/s);
    await w.slack.as('ann').click(gone, 'Undo');
    expect((await hears(w, 'sales', /rückgängig gemacht/)).text).toContain(
      'Dieser Channel zeigt seine Buchungen wie zuvor',
    );
    expect(await languages()).toEqual(['de']);
  });

  it('gets its sample in its language', async () => {
    w.slack.setLocale('sales', 'de-DE');
    await ask(w, 'ann', 'sales', 'test canceled');
    expect(words(await hears(w, 'sales', /^TEST/))).toMatch(/\*TEST\* · ❌ ~\*Demo call\*~ · abgesagt/);
  });
});

describe('a person', () => {
  beforeEach(async () => {
    await w.slack.changeUser('ann', { locale: 'de-DE' });
    await w.slack.changeUser('cy', { locale: 'de-AT' });
    await connectInGerman();
  });

  it('who reads Slack in German is answered in German, beside an English one, in an English channel', async () => {
    const answer = await ask(w, 'ann', 'sales', 'subscribe "Demo call" booked');
    expect(answer.text).toMatch(/^✅ Abonniert\. <#\w+> zeigt ab jetzt \*Demo call\* \(gebucht\)\./);
    expect((await hears(w, 'sales', /subscribed this channel to/)).text).toMatch(/\*Demo call\*: booked\. Stop it/);
    expect((await ask(w, 'bo', 'sales', 'list')).text).toMatch(/^This channel: 1 subscription\./);
    expect((await ask(w, 'ann', 'sales', 'list')).text).toMatch(/^Dieser Channel: 1 Abo\./);
    expect((await ask(w, 'ann', 'sales', 'help')).text).toMatch(/^Ich zeige deine Calendly-Buchungen in Slack/);
    expect((await ask(w, 'ann', 'sales', 'subscribe --style fancy')).text).toMatch(
      /--style kann nicht „fancy“ sein\. Möglich ist card, compact oder line\./,
    );
    w.calendly.book({ type: 'Demo call', name: 'Ada' });
    expect((await hears(w, 'sales', /Ada/)).text).toMatch(/^Booked: Demo call with Ada/);
  });

  it('chooses in a German window, where the channel’s own language stands already', async () => {
    w.slack.setLocale('sales', 'de-DE');
    await w.slack.as('ann').command(w.slack.channels.sales, 'subscribe');
    const view = await modalSaying(w, 'ann', /Was Karten zeigen/);
    expect(words(view)).toContain('Arten von Änderungen');
    await w.slack.as('ann').submit(view, { style: 'compact' });
    expect(sentences(await modalSaying(w, 'ann', /Abonniert/))).toMatch(/als kompakte Karten, auf Deutsch/);
    expect(await languages()).toEqual(['de']);
    await w.slack.as('ann').command(w.slack.channels.sales, 'subscribe');
    await w.slack.as('ann').submit(await modalSaying(w, 'ann', /Was Karten zeigen/), { language: 'en' });
    await modalSaying(w, 'ann', /Geändert/);
    expect(await languages()).toEqual([undefined]);
  });

  it('takes back in German what the channel hears of in English', async () => {
    await ask(w, 'ann', 'sales', 'subscribe all');
    const gone = await ask(w, 'ann', 'sales', 'unsubscribe');
    expect(gone.text).toMatch(/^Abbestellt\. <#\w+> zeigt nicht mehr \*alle Terminarten\*/);
    await hears(w, 'sales', /unsubscribed this channel from \*all event types\*/);
    await w.slack.as('ann').click(gone, 'Rückgängig');
    await hears(w, 'sales', /undid that/);
  });

  it('sees the details of a booking in German, from an English card', async () => {
    await ask(w, 'ann', 'sales', 'subscribe all');
    w.calendly.book({ type: 'Demo call', name: 'Ada Lovelace' });
    await w.slack.as('cy').click(await hears(w, 'sales', /^Booked/), 'Details');
    const view = await modalSaying(w, 'cy', /Eingeladene Person/);
    expect(words(view)).toMatch(/\*Demo call\* · gebucht/);
    expect(words(view)).toMatch(/\*Warum das hier steht:\* Dieser Channel folgt allen Terminarten/);
  });

  it('finds a German Home', async () => {
    expect(words(await w.slack.as('cy').openHome())).toMatch(/Du hast noch keinen Channel abonniert/);
  });

  it('is answered in English, and soon, while Slack does not say what they read', async () => {
    w.slack.faults.add({ method: 'users.info', kind: 'delay', ms: 5_000 });
    const start = performance.now();
    expect((await ask(w, 'cy', 'sales', 'help')).text).toMatch(/^I show your Calendly bookings/);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe('what is wrong', () => {
  it('is said in German to a German, and what was kept in English is translated when it is shown', async () => {
    await w.slack.changeUser('ann', { locale: 'de-DE' });
    expect(await paste(w, 'not-a-token')).toMatch(
      /^Calendly nimmt dieses Token nicht an\. Prüf, ob du es ganz kopiert hast/,
    );
    w.slack.setLocale('sales', 'de-DE');
    await connectInGerman();
    await ask(w, 'ann', 'sales', 'subscribe all');
    await w.slack.archive('sales');
    const told = await toldInPrivate(w, 'ann', /pausiert/);
    expect(told.text).toMatch(/^Was ich in <#\w+> zeige, habe ich pausiert\. Der Channel wurde archiviert\./);
    const [kept] = await inDatabase(w.storage, 'select reason from subscription');
    expect(kept?.reason).toMatch(/^The channel was archived/);
    expect((await ask(w, 'ann', 'general', 'list mine')).text).toMatch(/⏸ Pausiert\. Der Channel wurde archiviert/);
    expect((await ask(w, 'bo', 'general', 'list workspace')).text).toMatch(/⏸ Paused\. The channel was archived/);
  });

  it('is told in the channel’s language where the channel is told', async () => {
    w.slack.setLocale('sales', 'de-DE');
    await w.subscribed();
    await w.slack.share('sales');
    expect((await hears(w, 'sales', /^🔒/)).text).toMatch(/mit einer anderen Organisation geteilt/);
  });

  it('another account that takes over is told in German to its owner and in the admins’ channel, in English to an English owner', async () => {
    w.slack.setLocale('sales', 'de-DE');
    await w.slack.changeUser('cy', { locale: 'de-AT' });
    await managers(w, 'bo', 'cy');
    await paste(w, w.calendly.tokens.olga, 'bo');
    await ask(w, 'bo', 'sales', 'subscribe all');
    await ask(w, 'ann', 'sales', 'admin channel here');
    await paste(w, w.calendly.tokens.adam, 'cy');
    w.calendly.revokeToken(w.calendly.tokens.olga);
    await ask(w, 'bo', 'sales', 'verify');
    expect((await toldInPrivate(w, 'cy', /übernommen/)).text).toBe(
      'Das Calendly-Konto von Olga Larsen funktioniert nicht mehr: Calendly nimmt seinen Zugang nicht mehr an. Das Calendly-Konto von Adam Osei, das du verbunden hast, hat übernommen: 1 Abo in 1 Channel, denn beide gehören zur selben Organisation. Nichts geht verloren oder erscheint doppelt. Du brauchst nichts zu tun.',
    );
    expect((await toldInPrivate(w, 'bo', /has taken over/)).text).toMatch(/Your channels go on as before/);
    const news = await hears(w, 'sales', /^🟢/);
    expect(news.text).toMatch(
      /^🟢 Das Calendly-Konto von Olga Larsen: Calendly nimmt .* an\.\n\*Verloren:\* Nichts: .*\n\*Getan:\* Das Calendly-Konto von Adam Osei, .*\n\*Zu tun:\* Soll das Calendly-Konto von Olga Larsen es wieder tun/,
    );
  });

  it('status and connecting are German from beginning to end', async () => {
    await w.slack.changeUser('ann', { locale: 'de-DE' });
    const done = await connectInGerman();
    expect(done).toMatch(/Der Hook ist angemeldet: Calendly sagt mir Änderungen sofort/);
    const status = (await ask(w, 'ann', 'sales', 'status')).text;
    expect(status).toMatch(/✅ verbunden/);
    expect(status).toMatch(/^Hook: Buchungen ✅ aktiv/m);
    expect(`${done}\n${status}`).not.toMatch(/\b(?:the|your|last|next|connected|hears|shown)\b/i);
    expect((await ask(w, 'ann', 'sales', 'verify')).text).toMatch(/Alles ist in Ordnung\./);
  });
});

describe('the pages of signing in', () => {
  const german = { headers: { 'accept-language': 'fr, de-AT;q=0.9, en;q=0.8' } };

  it('speak the language that the browser asks for, from the question to the end, and when something is wrong', async () => {
    const there = await signInWorld();
    const url = await link(there);
    const b = browser();
    const page = await b.open(url, german);
    expect(page.html).toContain('<html lang="de">');
    expect(page.text).toMatch(/^Calendly mit Slack verbinden\? Slack-Workspace Acme Angefragt von Ann/);
    expect(page.text).toMatch(/lesen, wessen Konto es ist .* Weiter zu Calendly$/);
    const consent = await goOn(b, url);
    const back = there.calendly.consent(consent);
    const done = await b.open(back, german);
    expect(done.text).toMatch(/^Calendly ist verbunden Calendly-Konto Olga Larsen/);
    expect(done.text).toMatch(/Acme, für Ann .*allen Terminen der Organisation Acme Sales/);
    expect(done.text).toMatch(/Gib in dem Channel, der Buchungen zeigen soll, \/calendly subscribe ein\./);
    const again = await b.open(url, german);
    expect([again.status, again.text]).toEqual([
      200,
      'Calendly ist verbunden Dieser Link ist schon verbraucht, und dein Calendly-Konto ist verbunden. Geh zurück zu Slack: Hier ist nichts mehr zu tun.',
    ]);
    const unknown = await b.open(`${url.slice(0, -4)}AAAA`, german);
    expect(unknown.text).toMatch(/^Diesen Link kenne ich nicht Diesen Link kenne ich nicht\. .*\/calendly connect ein/);
    for (const shown of [page, done, again, unknown])
      expect(shown.text).not.toMatch(/\b(?:the|your|connected|link is|type)\b/);
    const english = await b.open(url);
    expect(english.html).toContain('<html lang="en">');
    expect(english.text).toMatch(/^Calendly is connected This link was used already/);
  });
});
