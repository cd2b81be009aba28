// A memory for one test: with the app's tables in it, or as it is before a first start. The engine comes from STORE, which the test project sets.

import { afterAll, inject } from 'vitest';
import { createDatabase, dropDatabase, emptyDatabase, shapeOf } from './databases.ts';
import { makeStorage, type Storage } from './make-storage.ts';

export type { Storage } from './make-storage.ts';

const engineHere = () => (process.env.STORE === 'postgresql' ? 'postgresql' : 'sqlite');

/** Nothing in it: whoever opens it first makes the tables. */
export const emptyStorage = (): Promise<Storage> => makeStorage(engineHere(), null);

/** With the tables that test/tables.ts made once for all: making them takes as long as many a test. */
export const freshStorage = (): Promise<Storage> => makeStorage(engineHere(), inject('tables'), oneAfterTheOther);

/** Databases that a test of this file has given back, empty again. */
const idle: string[] = [];
let shape: string | null = null;

/** The tests of a file have the same database one after the other: to make one takes a server longer than most of them. */
const oneAfterTheOther = {
  async take(from: string | null): Promise<string> {
    const url = idle.pop() ?? (await createDatabase(from));
    shape ??= await shapeOf(url);
    return url;
  },
  async giveBack(url: string): Promise<void> {
    if (shape !== null && (await emptyDatabase(url, shape))) idle.push(url);
    else await dropDatabase(url);
  },
};

afterAll(() => Promise.all(idle.splice(0).map(dropDatabase)).then(() => {}));
