// As much of Node's own test runner as the tests use, so that no package of types is needed.

declare module "node:test" {
  export default function test(name: string, run: () => void | Promise<void>): void;
}

declare module "node:assert/strict" {
  const assert: {
    equal(actual: unknown, expected: unknown, message?: string): void;
    rejects(promise: Promise<unknown>, error: RegExp): Promise<void>;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
  };
  export default assert;
}
