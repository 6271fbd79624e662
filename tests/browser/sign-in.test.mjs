// Signing in and out, as a person does it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, signIn, useApp } from './harness.mjs';

describe('Signing in', () => {
  const app = useApp();

  test('axe finds nothing on the page', async () => {
    const page = await app.visitor();
    await page.goto('/');
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await axe(page);
    await picture(page, 'sign-in');
  });

  test('a wrong sign-in does not tell who exists', async () => {
    const page = await app.visitor();
    const answer = async (username) => {
      await page.goto('/');
      await signIn(page, username, 'not the password');
      const summary = page.getByRole('alert');
      await summary.waitFor();
      await axe(page);
      assert.equal(await page.getByLabel('Username', { exact: true }).inputValue(), username, 'what was typed stays');
      const password = page.getByRole('textbox', { name: 'Password', exact: true });
      assert.equal(await password.inputValue(), '', 'the password does not');
      return summary.innerText();
    };
    const known = await answer(app.someone('worker'));
    const unknown = await answer('nobody.of.this.name');
    assert.equal(known, unknown);
    await picture(page, 'sign-in-refused');
  });

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with script' : 'without script';
    test(`leads to My work, and out again, ${how}`, async () => {
      const page = await app.open(app.someone('worker'), { javaScriptEnabled });
      await page.getByRole('heading', { level: 1, name: 'My work' }).waitFor();
      const work = page.url();
      if (javaScriptEnabled) await axe(page);
      await picture(page, `my-work-${how.replace(' ', '-')}`);

      await page.getByRole('button', { name: 'Sign out' }).or(page.getByRole('link', { name: 'Sign out' })).click();
      await page.waitForLoadState();
      await page.goto(work);
      await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
      assert.equal(await page.getByRole('heading', { name: 'My work' }).count(), 0);
    });
  }
});
