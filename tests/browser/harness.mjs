// Starts the demonstration and a real Chromium for the browser tests, and stops both.
//
//   describe('Visits', () => {
//     const app = useApp();
//     test('R-VIS-07 …', async () => {
//       const page = await app.open(app.someone('worker'));
//       await axe(page);
//     });
//   });
//
// One server serves all test files when they are run through all.mjs; a file run alone starts its own. Tests must
// therefore not count on what another wrote, nor on an empty record.
//
// LIFESTORY_PROGRAM      the program, if not the debug build below CARGO_TARGET_DIR
// LIFESTORY_CHROMIUM     the browser, if not the system's Chromium
// LIFESTORY_SCREENSHOTS  a folder: pictures are kept only if it is given

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath } from 'node:url';

import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const START_LIMIT = 60_000;
const STOP_LIMIT = 10_000;

function program() {
  const cache = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
  const target = process.env.CARGO_TARGET_DIR || path.join(cache, 'lifestory', 'target');
  const root = fileURLToPath(new URL('../..', import.meta.url));
  return process.env.LIFESTORY_PROGRAM || path.resolve(root, target, 'debug', 'lifestory');
}

// The demonstration, from what it prints: { address, people: [{ username, password, name, role }] }, and the folder
// of its data. Its answer to a question is not needed, so nothing is written to it.
export async function startDemo(port = 0, more = []) {
  const file = program();
  if (!existsSync(file)) throw new Error(`${file} is not built: cargo build -p lifestory`);
  const data = await mkdtemp(path.join(tmpdir(), 'lifestory-browser-'));
  const options = ['--data', path.join(data, 'demo'), '--port', String(port), '--children', '12', ...more];
  const child = spawn(file, ['demo', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  // Whatever ends this process, the server does not outlive it.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));

  let said = '';
  const server = { address: undefined, people: [], data: path.join(data, 'demo') };
  const started = new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no address after ${START_LIMIT / 1000} s`)), START_LIMIT);
    let settle;
    const heard = (chunk) => {
      said += chunk;
      Object.assign(server, readGreeting(said));
      if (server.address && server.people.length > 0) {
        // The sign-ins are printed together; a moment's quiet says that the last has come.
        clearTimeout(settle);
        settle = setTimeout(() => (clearTimeout(late), resolve()), 200);
      }
    };
    child.stdout.setEncoding('utf8').on('data', heard);
    child.stderr.setEncoding('utf8').on('data', (chunk) => (said += chunk));
    child.once('error', (error) => (clearTimeout(late), reject(error)));
    ended.then((how) => (clearTimeout(late), reject(new Error(`it ended with ${how}`))));
  });

  const stop = async () => {
    child.kill('SIGTERM');
    const patience = setTimeout(kill, STOP_LIMIT);
    await ended;
    clearTimeout(patience);
    process.off('exit', kill);
    await rm(data, { recursive: true, force: true });
  };
  try {
    await started;
  } catch (error) {
    if (child.pid !== undefined) await stop();
    throw new Error(`the demonstration did not start: ${error.message}. It said:\n${said}`);
  }
  return { ...server, stop };
}

// What the demonstration prints when it is ready, as far as it has come.
export function readGreeting(text) {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const address = lines.map((line) => line.match(/^Address: (http:\/\/\S+)/)?.[1].replace(/\/$/, '')).find(Boolean);
  const people = lines
    .map((line) => line.match(/^Sign in: (\S+)\s+(\S+)\s+\((.+), ([^,]+)\)\s*$/))
    .filter(Boolean)
    .map(([, username, password, name, role]) => ({ username, password, name, role }));
  return { address, people };
}

export function launchChromium() {
  const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const executablePath = process.env.LIFESTORY_CHROMIUM || places.find((place) => existsSync(place));
  if (!executablePath) throw new Error('Chromium is not installed; LIFESTORY_CHROMIUM can say where it is');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox', // it opens our own pages only, and root, as in a container, cannot have the sandbox
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

// For a `describe`: the server and one browser for its tests. A page's script errors, and what its content security
// policy refused, fail the test that met them. `start` begins a demonstration of its own, where the one that all share
// would not do.
export function useApp(start) {
  let server;
  let browser;
  let own = false;
  let contexts = [];
  let troubles = [];

  before(async () => {
    own = start !== undefined || !process.env.LIFESTORY_BROWSER_APP;
    server = own ? await (start ?? startDemo)() : JSON.parse(process.env.LIFESTORY_BROWSER_APP);
    browser = await launchChromium();
  });
  afterEach(async () => {
    const met = troubles;
    await Promise.all(contexts.map((context) => context.close()));
    contexts = [];
    troubles = [];
    assert.deepEqual(met, [], 'script errors, or what the content security policy refused');
  });
  after(async () => {
    await browser?.close();
    if (own) await server?.stop();
  });

  return {
    get address() {
      return server.address;
    },
    get people() {
      return server.people;
    },

    // What a command of the program answers about the demonstration's data: { code, said }.
    command(...args) {
      const child = spawn(program(), [...args, '--data', server.data], { stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (chunk) => (said += chunk));
      child.stderr.setEncoding('utf8').on('data', (chunk) => (said += chunk));
      return new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code) => resolve({ code, said }));
      });
    },

    // The username of one with this role, such as 'worker': the first whose role has the word.
    someone(role) {
      const found = server.people.find((person) => person.role.toLowerCase().includes(role.toLowerCase()));
      assert.ok(found, `the demonstration has no ${role}: ${server.people.map((person) => person.role).join(', ')}`);
      return found.username;
    },

    password(username) {
      const found = server.people.find((person) => person.username === username);
      assert.ok(found, `the demonstration has no ${username}`);
      return found.password;
    },

    // A page of a new visitor. Options are Playwright's for a context: { javaScriptEnabled: false }, { viewport: … }.
    async visitor(options = {}) {
      const context = await browser.newContext({ baseURL: server.address, locale: 'en-GB', ...options });
      context.setDefaultTimeout(15_000);
      contexts.push(context);
      const page = await context.newPage();
      page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.message}`));
      page.on('console', (message) => {
        if (/content security policy/i.test(message.text())) troubles.push(`${page.url()}: ${message.text()}`);
      });
      return page;
    },

    // A page on which this person has signed in.
    async open(username, options = {}) {
      const page = await this.visitor(options);
      await page.goto('/');
      await signIn(page, username, this.password(username));
      const problem = page.locator('.govuk-error-summary');
      assert.equal(await problem.count(), 0, `${username} could not sign in`);
      return page;
    },
  };
}

// Fills in the sign-in page and sends it.
export async function signIn(page, username, password) {
  await page.getByLabel('Username', { exact: true }).fill(username);
  // Not by label alone: the button that shows a password is labelled with the word too.
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForLoadState();
}

// Fails with each rule that the page breaks, where, and why.
export async function axe(page) {
  // Its old way runs in the page itself: our pages have no frames, and the new way opens a tab for every answer.
  const { violations } = await new AxeBuilder({ page }).withTags(AXE_TAGS).setLegacyMode(true).analyze();
  const told = violations.map((rule) => {
    const places = rule.nodes.map((node) => {
      const why = (node.failureSummary ?? '').split('\n').slice(1).map((line) => line.trim());
      return `    ${node.target.join(' ')}\n      ${node.html}\n      ${why.join('; ')}`;
    });
    return `  ${rule.id} (${rule.impact}): ${rule.help}\n${places.join('\n')}`;
  });
  const where = new URL(page.url()).pathname;
  assert.ok(told.length === 0, `axe finds ${told.length} on ${where}:\n${told.join('\n')}`);
}

// A picture of the whole page, if LIFESTORY_SCREENSHOTS names a folder for it.
export async function picture(page, name) {
  const folder = process.env.LIFESTORY_SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}
