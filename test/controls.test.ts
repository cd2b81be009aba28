// Every fault that `npm run faults` plants still finds its place in src: a control that cannot be planted proves nothing.

import { describe, it } from 'vitest';
import { controls } from './faults/controls.ts';
import { plant } from './faults/patch.ts';

describe('the planted faults', () => {
  it.each(controls.map((control) => [control.goal, control.name, control] as const))(
    '%s: %s',
    (_goal, _name, control) => plant(control.patches).remove(),
  );
});
