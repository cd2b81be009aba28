// Starts `npm run demo` as a person would, and knows where things are on its page.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';

interface Trouble {
  id: string;
  isOn: boolean;
}

export interface DemoFacts {
  slack: string;
  calendly: string;
  app: string;
  token: string;
  appState: string;
  kills: number;
  steps: boolean[];
  troubles: Trouble[];
  ledger: {
    booked: number;
    stands: number;
    onItsWay: number;
    unsure: number;
    missing: number;
    twice: number;
    repeated: number;
    meetings: { state: string; channels: string[] }[];
  };
}

export interface Demo {
  address: string;
  facts(): Promise<DemoFacts>;
  /** What it keeps among the machine's temporary files. */
  leftovers(): Promise<string[]>;
  /** Ctrl-C, as in a terminal: to all of it. */
  interrupt(): Promise<void>;
  close(): Promise<void>;
}

export async function startDemo(): Promise<Demo> {
  const folder = await mkdtemp(join(tmpdir(), 'browser-test-'));
  const demo: ChildProcess = spawn('npm', ['run', 'demo'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEMO_PORT: '0', TMPDIR: folder },
  });
  let said = '';
  const address = await new Promise<string>((resolve, reject) => {
    for (const stream of [demo.stdout, demo.stderr])
      stream?.on('data', (data) => {
        said += data;
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
        if (found) resolve(found);
      });
    demo.once('close', () => reject(new Error(`The demo ended: ${said}`)));
  });
  async function interrupt(): Promise<void> {
    if (!demo.pid || demo.exitCode !== null || demo.signalCode !== null) return;
    const ended = once(demo, 'close');
    process.kill(-demo.pid, 'SIGINT');
    await ended;
  }
  return {
    address,
    facts: async () => (await (await fetch(`${address}/demo.json`)).json()) as DemoFacts,
    leftovers: async () => (await readdir(folder)).filter((name) => name.startsWith('calendly-demo-')),
    interrupt,
    async close() {
      await interrupt();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The page's parts: both frames, what is said, and what can be broken. */
export function parts(page: Page) {
  const slack = page.frameLocator('#slack');
  const calendly = page.frameLocator('#calendly');
  return {
    slack,
    calendly,
    messages: slack.getByTestId('messages').getByTestId('message'),
    verdict: page.getByTestId('verdict'),
    tiles: page.getByTestId('tile'),
    trouble: (id: string) => page.getByTestId(`trouble-${id}`),
    done: (step: number) => page.locator(`[data-testid=step-${step}].step-done`),
  };
}

export async function type(slack: FrameLocator, text: string): Promise<void> {
  await slack.getByTestId('composer').fill(text);
  await slack.getByTestId('composer').press('Enter');
}

export async function actAs(slack: FrameLocator, name: string): Promise<void> {
  await slack.getByTestId('person-switcher').click();
  await slack.getByTestId(name.startsWith('workspace-') ? name : `person-${name}`).click();
}

/** Keeps a picture where SCREENSHOTS names a folder: those of README and docs are made so. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  // Whatever slides or fades has come to rest.
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}
