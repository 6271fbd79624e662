// Runs every browser test against one demonstration: node tests/browser/all.mjs [file…]
//
// Each file is a process of Node's test runner with a browser of its own; one at a time, for small machines.

import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { startDemo } from './harness.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const named = process.argv.slice(2).map((file) => path.resolve(file));
const found = readdirSync(here).filter((file) => file.endsWith('.test.mjs')).sort();
const files = named.length > 0 ? named : found.map((file) => path.join(here, file));

const { stop, ...server } = await startDemo();
try {
  const runner = spawn(process.execPath, ['--test', '--test-concurrency=1', ...files], {
    stdio: 'inherit',
    env: { ...process.env, LIFESTORY_BROWSER_APP: JSON.stringify(server) },
  });
  const pass = () => runner.kill('SIGTERM');
  process.once('SIGINT', pass).once('SIGTERM', pass);
  process.exitCode = await new Promise((resolve, reject) => {
    runner.once('error', reject);
    runner.once('exit', (code) => resolve(code ?? 1));
  });
} finally {
  await stop();
}
