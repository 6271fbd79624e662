// Passkeys in a real browser, with a device of its own: added, used, removed; and what one sees without script.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, useApp } from './harness.mjs';

// A telephone with a fingerprint reader beside the browser: `there` says whether its owner puts a finger on it.
async function device(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    owner: (is) => session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: is }),
    count: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
  };
}

describe('Passkeys', () => {
  const app = useApp();

  test('R-ACC-02 one is added, signs its owner in without a name typed, and is removed', async () => {
    const page = await app.open(app.someone('manager'));
    const telephone = await device(page);
    await page.goto('/account');
    await axe(page);
    await page.getByRole('link', { name: 'Add a passkey' }).click();
    await axe(page);
    await picture(page, 'passkey-add');
    await page.getByLabel('Name').fill('My telephone');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('link', { name: 'My telephone' }).waitFor();
    assert.equal(await telephone.count(), 1);
    await picture(page, 'passkey-account');

    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await axe(page);
    await picture(page, 'passkey-sign-in');
    // A finger that is not the owner's: the page stays, says so, and the password is still there.
    await telephone.owner(false);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('alert').filter({ hasText: 'No passkey was used' }).waitFor();
    await axe(page);
    await picture(page, 'passkey-refused');
    await telephone.owner(true);
    await page.getByRole('button', { name: 'Use a passkey' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'My work' }).waitFor();

    await page.goto('/account');
    await page.getByRole('link', { name: 'My telephone' }).click();
    await axe(page);
    await picture(page, 'passkey-one');
    await page.getByRole('button', { name: 'Remove this passkey' }).click();
    await page.getByText('You have no passkey yet').waitFor();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
    await axe(page);
    await picture(page, 'passkey-unknown');
  });

  test('a session that ended leads to signing in, not to a page that does nothing', async () => {
    const page = await app.open(app.someone('worker'));
    await device(page);
    await page.goto('/account/passkeys/new');
    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  });

  // ASVS 3.7.5
  test('without script the page for signing in has the password alone, and says why none can be added', async () => {
    const page = await app.visitor({ javaScriptEnabled: false });
    await page.goto('/sign-in');
    assert.equal(await page.getByRole('button', { name: 'Use a passkey' }).isVisible(), false);
    const signedIn = await app.open(app.someone('worker'), { javaScriptEnabled: false });
    await signedIn.goto('/account/passkeys/new');
    await signedIn.getByText('Adding a passkey needs JavaScript').waitFor();
    assert.equal(await signedIn.getByRole('button', { name: 'Add a passkey' }).isVisible(), false);
  });

  test('on a telephone the pages stay within their width', async () => {
    const page = await app.visitor({ viewport: { width: 320, height: 640 } });
    await page.goto('/sign-in');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320));
    await picture(page, 'passkey-sign-in-telephone');
  });
});
