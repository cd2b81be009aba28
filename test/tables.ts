// Before the tests of a project: makes the app's tables once, for the tests' own databases to be copies of.

import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../src/store/database.ts';
import { makeStorage, type Storage } from './make-storage.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    tables: Pick<Storage, 'url' | 'folder'>;
  }
}

export default async function makeTables(project: TestProject): Promise<() => Promise<void>> {
  const { url, folder, remove } = await makeStorage(
    project.config.env?.STORE === 'postgresql' ? 'postgresql' : 'sqlite',
    null,
  );
  // Whatever key it is opened with: nothing is sealed before there is a workspace.
  const database = await openDatabase({ url, folder, keys: [randomBytes(32)] });
  await database.close();
  project.provide('tables', { url, folder });
  return remove;
}
