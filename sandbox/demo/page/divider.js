// The bar between the two frames: dragged, or moved with the arrow keys; its place is remembered.

const KEY = 'demo-split';
const LEAST = 20;

export function startDivider(panes, divider) {
  const stacked = () => getComputedStyle(panes).flexDirection === 'column';
  const set = (share) => {
    const percent = Math.round(Math.max(LEAST, Math.min(100 - LEAST, share)));
    panes.style.setProperty('--share', `${percent}%`);
    divider.setAttribute('aria-valuenow', String(percent));
    divider.setAttribute('aria-orientation', stacked() ? 'horizontal' : 'vertical');
    localStorage.setItem(KEY, String(percent));
  };
  const now = () => Number(divider.getAttribute('aria-valuenow'));

  divider.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    divider.setPointerCapture(event.pointerId);
    // a frame under the pointer would swallow its moves
    panes.classList.add('dragging');
  });
  divider.addEventListener('pointermove', (event) => {
    if (!divider.hasPointerCapture(event.pointerId)) return;
    const box = panes.getBoundingClientRect();
    set(stacked() ? ((event.clientY - box.top) / box.height) * 100 : ((event.clientX - box.left) / box.width) * 100);
  });
  divider.addEventListener('lostpointercapture', () => panes.classList.remove('dragging'));
  divider.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -2, ArrowUp: -2, ArrowRight: 2, ArrowDown: 2 }[event.key];
    if (!step) return;
    event.preventDefault();
    set(now() + step);
  });
  set(Number(localStorage.getItem(KEY)) || now());
}
