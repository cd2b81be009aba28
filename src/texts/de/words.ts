// What Intl knows of German.

import { speech } from '../speech.ts';

export const words = speech('de-DE');
