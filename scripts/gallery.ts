// Draws everything the app can say in channels, to look at it: npm run gallery writes an HTML page for each language, and pictures of them by day and by night.

import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { workOn } from '../src/terminal.ts';
import { languages } from '../src/texts/index.ts';
import { everything } from './gallery/everything.ts';
import { galleryPage } from './gallery/page.ts';

const folder = join(import.meta.dirname, '../screenshots/gallery');
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const themes = ['light', 'dark'] as const;

/** One picture of each room and theme. */
async function photograph(browser: Browser, html: string, language: string): Promise<string[]> {
  const made: string[] = [];
  for (const theme of themes) {
    const page = await browser.newPage({ viewport: { width: 860, height: 900 }, colorScheme: theme });
    page.on('pageerror', (error) => {
      process.exitCode = 1;
      console.error(`The page has a fault: ${error.message}`);
    });
    await page.goto(pathToFileURL(html).href);
    for (const room of await page.locator('section.room').all()) {
      work.now(`Taking pictures: ${language}, ${theme}`);
      const path = join(folder, `${language}-${await room.getAttribute('id')}-${theme}.png`);
      await room.screenshot({ path });
      made.push(path);
    }
    await page.close();
  }
  return made;
}

const here = (path: string) => relative(process.cwd(), path);

await mkdir(folder, { recursive: true });
const work = workOn(process.stderr);
const pages = new Map(languages.map((language) => [language, join(folder, `${language}.html`)]));
for (const [language, html] of pages) {
  work.now(`Writing the page in ${language}`);
  await writeFile(html, await galleryPage(await everything(language), language));
}
work.over();
console.log(`The pages: ${[...pages.values()].map(here).join(', ')}`);

const browser = await chromium
  .launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'] })
  .catch(() => null);
if (browser) {
  const made: string[] = [];
  for (const [language, html] of pages) made.push(...(await photograph(browser, html, language)));
  await browser.close();
  work.over();
  console.log(`${made.length} pictures, by day and by night:\n${made.map(here).join('\n')}`);
} else {
  console.log(
    `No pictures: there is no Chromium at ${executablePath}. Install it (Debian: apt-get install chromium), or name yours in CHROMIUM_PATH, and run this again. The pages open in any browser.`,
  );
}
