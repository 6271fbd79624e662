// Search inside entries: by keyboard, without script, and the passage with its words marked.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, useApp } from './harness.mjs';
import { Keyboard, recordOf } from './steps.mjs';

describe('Search inside entries', () => {
  const app = useApp();

  // The words are gathered after the demonstration has begun.
  const gathered = async (page) => {
    for (let tries = 0; tries < 60; tries++) {
      await page.goto('/search/words');
      if ((await page.getByText('Searchable to').count()) > 0) return;
      await page.waitForTimeout(1000);
    }
    assert.fail('the words were not gathered within a minute');
  };

  const search = async (page, words) => {
    await page.getByLabel('Words to look for').fill(words);
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Search', exact: true }).click()]);
  };

  test('R-ACC-01 words are found with the passage, by keyboard', async () => {
    const page = await app.open(app.someone('worker'));
    await gathered(page);
    await axe(page);
    const keyboard = new Keyboard(page);
    await keyboard.type(page.getByLabel('Words to look for'), 'school');
    await keyboard.enter(page.getByRole('button', { name: 'Search', exact: true }));
    assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, '/search/words');
    assert.ok((await page.locator('mark').count()) > 0, 'the words are marked');
    await axe(page);
    await picture(page, 'search-words');
    await page.locator('.ls-hits a').first().click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    assert.match(page.url(), /\/records\/\w+\/entries\/\w+$/);
  });

  test('R-ACC-01 in one record alone, without script, with a plain answer to what cannot be searched', async () => {
    const page = await app.open(app.someone('worker'), { javaScriptEnabled: false, viewport: { width: 320, height: 700 } });
    await gathered(page);
    const record = await recordOf(page, 'Mimi');
    await page.goto(record);
    await page.getByRole('link', { name: 'Search', exact: true }).click();
    await search(page, 'AND *');
    await page.locator('.govuk-error-summary').getByText('only say how to look').waitFor();
    await search(page, 'gran');
    assert.ok((await page.locator('.ls-hits li').count()) > 0);
    await picture(page, 'search-in-record-narrow');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth).catch(() => 320);
    assert.ok(wide <= 320, `${wide} px wide`);
  });
});
