// The pages of the web around adding the app to a workspace, and its first message there: each way it can end.

import { Outage, Refusal } from '../../src/errors.ts';
import { asResponse, type Page } from '../../src/pages.ts';
import { askPage, donePage, failurePage } from '../../src/slack/install-pages.ts';
import { say } from '../../src/slack/messages/answers.ts';
import { type Language, textsFor } from '../../src/texts/index.ts';
import type { Specimen } from './specimens.ts';

const codes = [
  ...['state_unknown', 'state_elsewhere', 'state_expired', 'state_used'],
  ...['not_pressed', 'denied', 'client_refused', 'code_refused'],
];

export function installing(language: Language): Specimen[] {
  const t = textsFor(language);
  const room = 'Installing';
  const drawn = (name: string, page: Page): Specimen => ({ room, name, page: asResponse(page).body });
  const failed = (name: string, error: unknown) => drawn(name, failurePage(error, '1f2e3d4c', t));
  const done = (again: boolean, isOrganization: boolean, lacks: string[]) => {
    const grant = { teamId: 'T0ACME', teamName: 'Acme', isOrganization };
    return donePage({ grant, again, lacks } as unknown as Parameters<typeof donePage>[0], '/calendly', t);
  };
  return [
    drawn('asked', askPage({ action: '/slack/install', proof: 'proof' }, t)),
    drawn('done', done(false, false, [])),
    drawn('once more, for an organization', done(true, true, [])),
    drawn('with less than is needed', done(false, false, ['chat:write'])),
    ...codes.map((code) => failed(code, new Refusal(code, { code }))),
    failed('Slack is away', new Outage('away', { code: 'gallery' })),
    failed('a bug', new Error('a bug')),
    { room, name: 'the first message', message: say(t.install.welcome('/calendly')) },
  ];
}
