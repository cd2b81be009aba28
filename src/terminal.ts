// A bar on the operator's terminal for what takes long; without a terminal the log says the same in lines.

/** What a terminal is to us, such as `process.stderr`. */
export interface Terminal {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** So many are done of all, by the name of what is under way; `over` takes it off. */
export interface Bar {
  show(name: string, done: number, total: number): void;
  over(name: string): void;
}

/** Where a terminal does not know how wide it is, or says 0. */
const usualWidth = 80;
const widest = 30;

/** Null where nobody looks: a pipe, a file, a service manager. Several at the same time are one bar together. */
export function terminalBar(terminal: Terminal, words: string): Bar | null {
  if (!terminal.isTTY) return null;
  const underWay = new Map<string, { done: number; total: number }>();

  /** The cursor stays at the beginning, so that a line of the log writes over it. */
  function draw(): void {
    const all = [...underWay.values()];
    const [done, total] = [
      all.reduce((sum, each) => sum + each.done, 0),
      all.reduce((sum, each) => sum + each.total, 0),
    ];
    terminal.write(`\x1b[2K${all.length > 0 ? barOf(words, done, total, terminal.columns || usualWidth) : ''}\r`);
  }

  return {
    show(name, done, total) {
      underWay.set(name, { done, total });
      draw();
    },
    over(name) {
      if (underWay.delete(name)) draw();
    },
  };
}

/** `Catching up ▕██████░░░░▏ 120 of 200`, never longer than the line. */
export function barOf(words: string, done: number, total: number, columns: number): string {
  const figures = `${done} of ${total}`;
  const width = Math.min(widest, columns - words.length - figures.length - 5);
  if (width < 3) return figures.slice(0, Math.max(0, columns - 1));
  const full = total > 0 ? Math.min(width, Math.round((done / total) * width)) : width;
  return `${words} ▕${'█'.repeat(full)}${'░'.repeat(width - full)}▏ ${figures}`;
}

/** What a command is doing; `over` takes it off. */
export interface Work {
  now(words: string): void;
  over(): void;
}

/** A command that is done sooner says nothing of what it did meanwhile. */
const soon = 2_000;
const spokes = ['⠋', '⠙', '⠸', '⠴', '⠦', '⠇'];

/** On a terminal one line that turns and counts the seconds; elsewhere a plain line for each thing done, once it takes longer than two seconds. */
export function workOn(terminal: Terminal): Work {
  const began = Date.now();
  let timer: NodeJS.Timeout | undefined;
  let doing = '';
  let turns = 0;

  function draw(): void {
    const seconds = Math.floor((Date.now() - began) / 1_000);
    turns += 1;
    const line = `${spokes[turns % spokes.length]} ${doing}…${seconds > 1 ? ` ${seconds} s` : ''}`;
    terminal.write(`\r\x1b[2K${line.slice(0, (terminal.columns || usualWidth) - 1)}`);
  }

  function end(): void {
    clearInterval(timer);
    timer = undefined;
  }

  return {
    now(words) {
      if (words === doing) return;
      end();
      doing = words;
      if (terminal.isTTY) {
        draw();
        timer = setInterval(draw, 150);
      } else timer = setTimeout(() => terminal.write(`${words}…\n`), Math.max(0, began + soon - Date.now()));
      timer.unref();
    },
    over() {
      end();
      if (terminal.isTTY && doing) terminal.write('\r\x1b[2K');
      doing = '';
    },
  };
}
