// Fills the demo's frame from /demo.json and keeps the guide in step with what has happened.
import { startDivider } from './divider.js';
import { drawSteps } from './steps.js';

const EVERY = 1000;
const $ = (selector) => document.querySelector(selector);
let tip = 0;
let shown = '';

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
  setTimeout(look, EVERY);
}

function draw(demo) {
  open($('#slack'), demo.slack, { channel: 'sales' });
  open($('#calendly'), demo.calendly, {});
  const key = JSON.stringify([demo.progress, demo.command, demo.token, demo.tips]);
  if (key === shown) return;
  shown = key;
  const done = drawSteps($('.steps'), demo);
  $('.bar').classList.toggle('bar-done', done);
  drawTip(done, demo);
}

/** Points a frame at its address once; a demo that was restarted elsewhere is followed. */
function open(frame, address, query) {
  if (!address || frame.dataset.address === address) return;
  frame.dataset.address = address;
  const url = new URL(address);
  for (const [name, value] of Object.entries(query)) if (!url.searchParams.has(name)) url.searchParams.set(name, value);
  frame.src = url.href;
}

/** Once everything is done: one thing more to try, and a button for the next. */
function drawTip(done, demo) {
  const tips = demo.tips ?? [];
  const line = $('.tip');
  if (!done || tips.length === 0) {
    line.replaceChildren();
    return;
  }
  const next = document.createElement('button');
  next.type = 'button';
  next.className = 'copy';
  next.textContent = 'Another';
  next.hidden = tips.length < 2;
  next.addEventListener('click', () => {
    tip++;
    drawTip(done, demo);
  });
  const lead = document.createElement('strong');
  lead.textContent = 'It works. Now try: ';
  line.replaceChildren(lead, tips[tip % tips.length], ' ', next);
}

await look();
