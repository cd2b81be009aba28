// Small checks of JSON that, put together, describe what Slack accepts, and word what is wrong as Slack does.
import type { Json } from './types.ts';

/** What a check needs to know of its surroundings, and where it writes what it found. */
export interface Found {
  problems: string[];
  surface: 'message' | 'modal' | 'home';
  /** block_ids and `block/action` ids seen so far, for the ones that must be unique. */
  seen: Set<string>;
}
export type Check = (value: unknown, at: string, found: Found) => void;

export function problem(found: Found, what: string, at: string): void {
  found.problems.push(`[ERROR] ${what} [json-pointer:${at}]`);
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function string(limit: { max?: number; min?: number; match?: RegExp } = {}): Check {
  return (value, at, found) => {
    if (typeof value !== 'string') return problem(found, 'must provide a string', at);
    if (value.length < (limit.min ?? 0)) problem(found, `must be more than ${(limit.min ?? 1) - 1} characters`, at);
    if (limit.max !== undefined && value.length > limit.max) {
      problem(found, `must be less than ${limit.max + 1} characters`, at);
    }
    if (limit.match && !limit.match.test(value)) problem(found, 'does not have the required format', at);
  };
}

export const boolean: Check = (value, at, found) => {
  if (typeof value !== 'boolean') problem(found, 'must provide a boolean', at);
};

export function integer(min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): Check {
  return (value, at, found) => {
    if (!Number.isInteger(value)) return problem(found, 'must provide a number', at);
    if ((value as number) < min || (value as number) > max) {
      problem(found, `must be between ${min} and ${max}`, at);
    }
  };
}

export function oneOf(...words: string[]): Check {
  return (value, at, found) => {
    if (!words.includes(value as string)) problem(found, `must be one of: ${words.join(', ')}`, at);
  };
}

export function list(check: Check, limit: { min?: number; max?: number } = {}): Check {
  return (value, at, found) => {
    if (!Array.isArray(value)) return problem(found, 'must provide an array', at);
    if (value.length < (limit.min ?? 0)) problem(found, `must have at least ${limit.min} items`, at);
    if (limit.max !== undefined && value.length > limit.max) {
      problem(found, `no more than ${limit.max} items allowed`, at);
    }
    value.forEach((item, i) => {
      check(item, `${at}/${i}`, found);
    });
  };
}

export const anything: Check = () => {};
export const object: Check = (value, at, found) => {
  if (!isObject(value)) problem(found, 'must provide an object', at);
};

/** An object with these keys and no others; a key ending in `?` may be missing. `type` is known before. */
export function shape(keys: Record<string, Check>, more?: Check): Check {
  const known = new Map(
    Object.entries(keys).map(([key, check]) => [key.replace(/\?$/, ''), { check, must: !key.endsWith('?') }]),
  );
  return (value, at, found) => {
    if (!isObject(value)) return problem(found, 'must provide an object', at);
    for (const [key, { check, must }] of known) {
      if (value[key] !== undefined && value[key] !== null) check(value[key], `${at}/${key}`, found);
      else if (must) problem(found, `missing required field: ${key}`, at);
    }
    for (const key of Object.keys(value)) {
      if (key !== 'type' && !known.has(key)) problem(found, `invalid additional property: ${key}`, at);
    }
    more?.(value, at, found);
  };
}

/** An object whose `type` picks the check; any other type is refused. */
export function typed(kinds: Record<string, Check>): Check {
  return (value, at, found) => {
    if (!isObject(value)) return problem(found, 'must provide an object', at);
    if (typeof value.type !== 'string') return problem(found, 'missing required field: type', at);
    const check = Object.hasOwn(kinds, value.type) ? kinds[value.type] : undefined;
    if (!check) return problem(found, `unsupported type: ${value.type}`, `${at}/type`);
    check(value, at, found);
  };
}
