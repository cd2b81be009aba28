// English: what every language has is what this one has.

import { actions } from './actions.ts';
import { adminChannel } from './admin-channel.ts';
import { agenda } from './agenda.ts';
import { card } from './card.ts';
import { changing } from './changing.ts';
import { common } from './common.ts';
import { config } from './config.ts';
import { connecting } from './connecting.ts';
import { details } from './details.ts';
import { erasing } from './erasing.ts';
import { filters } from './filters.ts';
import { form } from './form.ts';
import { help } from './help.ts';
import { home } from './home.ts';
import { install } from './install.ts';
import { letters } from './letters.ts';
import { lists } from './lists.ts';
import { look } from './look.ts';
import { managers } from './managers.ts';
import { muting } from './muting.ts';
import { preview } from './preview.ts';
import { rights } from './rights.ts';
import { share } from './share.ts';
import { signIn } from './sign-in.ts';
import { status } from './status.ts';
import { subscribing } from './subscribing.ts';
import { thread } from './thread.ts';
import { times } from './times.ts';
import { understanding } from './understanding.ts';
import { why } from './why.ts';

export const en = {
  times,
  changing,
  common,
  card,
  thread,
  details,
  erasing,
  agenda,
  actions,
  look,
  subscribing,
  filters,
  form,
  lists,
  help,
  home,
  muting,
  preview,
  rights,
  config,
  connecting,
  share,
  signIn,
  status,
  install,
  letters,
  adminChannel,
  managers,
  understanding,
  why,
};
