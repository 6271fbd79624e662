// A code beside a password, in a real browser: added from the picture's key, asked for, removed; sessions listed.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, signIn, useApp } from './harness.mjs';
import { Keyboard, codeOf, halfMinute } from './steps.mjs';

for (const javaScriptEnabled of [true, false]) {
  describe(`Codes ${javaScriptEnabled ? 'with script' : 'without script'}`, () => {
    const app = useApp();

    test('R-ACC-02 a code is added, asked for and removed, by keyboard', async () => {
      const who = app.someone(javaScriptEnabled ? 'senior' : 'head');
      const page = await app.open(who, { javaScriptEnabled });
      const keyboard = new Keyboard(page);
      await page.goto('/account/code/new');
      if (javaScriptEnabled) await axe(page);
      await picture(page, 'code-add');
      const key = await page.locator('.ls-key-in-letters').innerText();
      assert.ok(await page.getByRole('img', { name: 'The key as a picture' }).isVisible());
      // The half minute before this one is taken as well, so the present one is left for signing in.
      await keyboard.type(page.getByLabel('The six figures'), codeOf(key, halfMinute() - 1));
      await keyboard.enter(page.getByRole('button', { name: 'Add the code' }));
      await page.getByText('you are asked for a code').waitFor();
      await page.getByText('This is the one you are in').waitFor();
      await picture(page, 'code-account');
      if (javaScriptEnabled) await axe(page);

      await page.getByRole('button', { name: 'Sign out', exact: true }).click();
      await signIn(page, who, app.password(who));
      await page.getByRole('heading', { level: 1, name: 'Enter your code' }).waitFor();
      if (javaScriptEnabled) await axe(page);
      await picture(page, 'code-ask');
      const code = page.getByLabel('Code from the app on your telephone');
      await keyboard.type(code, '000000');
      await keyboard.enter(page.getByRole('button', { name: 'Go on' }));
      await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
      if (javaScriptEnabled) await axe(page);
      await keyboard.type(code, codeOf(key, halfMinute()));
      await keyboard.enter(page.getByRole('button', { name: 'Go on' }));
      await page.getByRole('heading', { level: 1, name: 'My work' }).waitFor();
      await page.goto('/account');
      await page.getByRole('button', { name: 'Remove the code' }).click();
      await page.getByRole('link', { name: 'Add a code' }).waitFor();
    });
  });
}
