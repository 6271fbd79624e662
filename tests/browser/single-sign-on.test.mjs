// Single sign-on in a real browser, at a real identity provider: linked, used with and without script, and each way in
// which it comes to nothing.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, startDemo, useApp } from './harness.mjs';
import { freePort, startProvider } from './identity-provider.mjs';

const NAME = 'Northmoor account';

let provider;

// A demonstration of its own: the one that all share has no provider.
async function start() {
  const port = await freePort();
  provider = await startProvider(`http://localhost:${port}`, NAME);
  const server = await startDemo(port, provider.options).catch(async (error) => {
    await provider.stop();
    throw error;
  });
  const stop = () => Promise.all([server.stop(), provider.stop()]);
  return { ...server, stop };
}

// Signs in on the provider's own page.
async function there(page, subject) {
  await page.waitForURL((address) => address.origin === provider.issuer);
  await page.locator('input[name=login]').fill(subject);
  await page.locator('input[name=password]').fill('anything');
  await page.locator('button[type=submit]').click();
}

const button = { name: `Sign in with ${NAME}` };

describe('Single sign-on', () => {
  const app = useApp(start);

  test('R-ACC-02 an account is linked, signs its owner in, and is unlinked', async () => {
    const page = await app.open(app.someone('worker'));
    await page.goto('/account');
    await axe(page);
    await picture(page, 'single-sign-on-to-link');
    await page.getByRole('button', { name: `Link ${NAME}` }).click();
    await there(page, 'worker-1234');
    await page.getByText('nobody has signed in with it yet').waitFor();
    assert.equal(new URL(page.url()).pathname, '/account');
    await axe(page);
    await picture(page, 'single-sign-on-linked');

    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await page.getByText(`You are still signed in with ${NAME}`).waitFor();
    await axe(page);
    await picture(page, 'single-sign-on-signed-out');
    assert.ok((await page.getByRole('link', { name: `sign out of ${NAME}` }).getAttribute('href')).startsWith(provider.issuer));
    // The provider knows who it is: one press, and nothing is typed.
    await page.goto('/sign-in');
    await axe(page);
    await picture(page, 'single-sign-on-sign-in');
    await page.getByRole('button', button).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'My work' }).waitFor();
    await page.goto('/account');
    await page.getByText('you last signed in with it on').waitFor();
    await page.getByRole('button', { name: `Unlink ${NAME}` }).click();
    await page.getByRole('button', { name: `Link ${NAME}` }).waitFor();
  });

  // ASVS 10.1.2, 10.2.1
  test('R-ACC-02 it works without script, and its end cannot be used again or elsewhere', async () => {
    const manager = app.someone('manager');
    const page = await app.open(manager, { javaScriptEnabled: false });
    await page.goto('/account');
    await page.getByRole('button', { name: `Link ${NAME}` }).click();
    await there(page, 'manager-1');
    await page.getByText('nobody has signed in with it yet').waitFor();

    const visitor = await app.visitor({ javaScriptEnabled: false });
    const ends = [];
    visitor.on('request', (request) => request.url().includes('/single-sign-on/back?') && ends.push(request.url()));
    await visitor.goto('/sign-in');
    await visitor.getByRole('button', button).click();
    await there(visitor, 'manager-1');
    await visitor.getByRole('heading', { level: 1, name: 'My work' }).waitFor();
    assert.equal(ends.length, 1);
    await visitor.goto(ends[0]);
    await visitor.getByRole('heading', { level: 1, name: 'This sign-in is over' }).waitFor();
    await picture(visitor, 'single-sign-on-over');

    // Somebody begins a sign-in of their own, and sends the end of it to another.
    const first = await app.visitor();
    const stopped = [];
    await first.route(`${provider.issuer}/interaction/**`, async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      // A route sees no redirect, so the way back is followed by hand until it leads here.
      let answer = await route.fetch({ maxRedirects: 0 });
      let next = new URL(answer.headers().location, provider.issuer);
      while (next.origin === provider.issuer) {
        answer = await first.context().request.get(next.href, { maxRedirects: 0 });
        next = new URL(answer.headers().location, provider.issuer);
      }
      stopped.push(next.href);
      return route.fulfill({ status: 200, contentType: 'text/plain', body: 'stopped' });
    });
    await first.goto('/sign-in');
    await first.getByRole('button', button).click();
    await there(first, 'manager-1');
    await first.getByText('stopped').waitFor();
    assert.equal(stopped.length, 1);
    const second = await app.visitor();
    await second.goto(stopped[0]);
    await second.getByRole('heading', { level: 1, name: 'This sign-in was begun in another browser' }).waitFor();
    await axe(second);
    await picture(second, 'single-sign-on-another-browser');
    await second.goto('/my-work');
    await second.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  });

  test('R-ACC-02 a stranger, and whoever turns back, are told what they can do', async () => {
    const page = await app.visitor();
    await page.goto('/sign-in');
    await page.getByRole('button', button).click();
    await there(page, 'nobody-here');
    await page.getByRole('heading', { level: 1, name: 'You cannot sign in here with this account' }).waitFor();
    await page.getByText('ask the person who manages accounts').waitFor();
    await axe(page);
    await picture(page, 'single-sign-on-stranger');
    const other = await app.visitor();
    await other.goto('/sign-in');
    await other.getByRole('button', button).click();
    await other.waitForURL((address) => address.origin === provider.issuer);
    await other.getByRole('link', { name: 'Cancel' }).click();
    await other.getByRole('heading', { level: 1, name: 'You did not sign in' }).waitFor();
    await axe(other);
    await picture(other, 'single-sign-on-turned-back');
  });

  test('R-ACC-02 whoever manages accounts links somebody who cannot sign in yet', async () => {
    const admin = await app.open(app.someone('administrator'));
    await admin.goto('/organisation');
    const senior = app.people.find((one) => one.username === app.someone('senior'));
    await admin.getByRole('link', { name: senior.name }).first().click();
    await admin.getByLabel('Name at the identity provider (subject)').fill('senior-77');
    await axe(admin);
    await picture(admin, 'single-sign-on-administrator');
    await admin.getByRole('button', { name: 'Link their account' }).click();
    await admin.getByText('Nobody has signed in with it yet').waitFor();
    const page = await app.visitor({ viewport: { width: 320, height: 640 } });
    await page.goto('/sign-in');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320));
    await axe(page);
    await picture(page, 'single-sign-on-telephone');
    await page.getByRole('button', button).click();
    await there(page, 'senior-77');
    await page.getByRole('heading', { level: 1, name: 'My work' }).waitFor();
    await page.goto('/account');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320));
    await axe(page);
    await picture(page, 'single-sign-on-telephone-account');
  });

  test('the page on the way says where it leads, for whom it does not go on by itself', async () => {
    const page = await app.visitor();
    await page.route(`${provider.issuer}/**`, (route) => route.abort('aborted'));
    await page.goto('/sign-in');
    await page.getByRole('button', button).click();
    const link = page.getByRole('button', { name: `Go on to ${NAME}` });
    await link.waitFor();
    assert.ok((await link.getAttribute('href')).startsWith(provider.issuer));
    await axe(page);
    await picture(page, 'single-sign-on-on-the-way');
  });
});
