// All goals of `npm run faults`, in the order they run.

import type { Goal } from './goal.ts';
import { bondGoals } from './goals-bond.ts';
import { catchUpGoals } from './goals-catch-up.ts';
import { databaseGoals } from './goals-database.ts';
import { clockGoals } from './goals-delivery-clock.ts';
import { cut } from './goals-delivery-cut.ts';
import { paceGoals } from './goals-delivery-pace.ts';
import { refusedGoals } from './goals-delivery-refused.ts';
import { takeoverGoals } from './goals-delivery-takeover.ts';
import { unknownGoals } from './goals-delivery-unknown.ts';
import { diskGoals } from './goals-disk.ts';
import { historyGoals } from './goals-history.ts';
import { killGoals } from './goals-kill.ts';
import { ledgerGoals } from './goals-ledger.ts';
import { mailGoals } from './goals-mail.ts';
import { neighbourGoals } from './goals-neighbours.ts';
import { orderGoals } from './goals-order.ts';
import { outageGoals } from './goals-outage.ts';
import { workspaceGoals } from './goals-workspaces.ts';

export const goals: readonly Goal[] = [
  ...killGoals,
  ...databaseGoals,
  ...diskGoals,
  ...mailGoals,
  ...neighbourGoals,
  ...paceGoals,
  ...unknownGoals,
  ...takeoverGoals,
  ...orderGoals,
  ...refusedGoals,
  ...outageGoals,
  cut,
  ...clockGoals,
  ...ledgerGoals,
  ...historyGoals,
  ...catchUpGoals,
  ...bondGoals,
  ...workspaceGoals,
];
