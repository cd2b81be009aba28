// Starts main.ts with what Node compiled last time: without it, each start loads the compiler that strips types, which costs 20 MB for as long as the app runs.
//
// The one file in JavaScript: it must be read before that compiler is needed.

import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('./main.ts');
