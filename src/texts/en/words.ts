// What Intl knows of English: lists as in Britain, without a comma before “and”.

import { speech } from '../speech.ts';

export const words = speech('en-GB');
