// Fills the demo's frame from /demo.json, and keeps tour, troubles and ledger in step with what happens.
import { startDivider } from './divider.js';
import { createDock } from './dock.js';
import { createLedger } from './ledger.js';
import { createTour } from './tour.js';
import { createTroubles } from './troubles.js';

const EVERY = 600;
const $ = (selector) => document.querySelector(selector);
let shown = '';

const dock = createDock();
const tour = createTour({ list: $('.steps'), task: $('.task'), dock, look: () => look() });
const troubles = createTroubles($('.troubles'), () => look());
const ledger = createLedger($('.ledger'), $('.verdict'), $('.lights'));
startDivider($('.panes'), $('.divider'));

async function look() {
  try {
    const response = await fetch('/demo.json', { cache: 'no-store' });
    if (!response.ok) throw new Error(`status ${response.status}`);
    draw(await response.json());
    $('.gone').hidden = true;
  } catch {
    $('.gone').hidden = false;
  }
}

async function keepLooking() {
  await look();
  setTimeout(keepLooking, EVERY);
}

function draw(demo) {
  open($('#slack'), demo.slack, { channel: 'sales' });
  open($('#calendly'), demo.calendly, {});
  const key = JSON.stringify(demo);
  if (key === shown) return;
  shown = key;
  tour.draw(demo);
  troubles.draw(demo.troubles);
  ledger.draw(demo);
}

/** Points a frame at its address once; a demo that was restarted elsewhere is followed. */
function open(frame, address, query) {
  if (!address || frame.dataset.address === address) return;
  frame.dataset.address = address;
  const url = new URL(address);
  for (const [name, value] of Object.entries(query)) if (!url.searchParams.has(name)) url.searchParams.set(name, value);
  frame.src = url.href;
}

await keepLooking();
