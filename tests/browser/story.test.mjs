// The story as a book: chapters, pages in both directions, the place kept, narrowed to the child's words; and a
// chronology made for the court.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { axe, picture, useApp } from './harness.mjs';
import { Keyboard, recordOf } from './steps.mjs';

describe('The story', () => {
  const app = useApp();
  const follow = async (page, name) => {
    await Promise.all([page.waitForNavigation(), page.getByRole('link', { name, exact: true }).first().click()]);
  };

  test('R-BAS-22 read from past to present, and gone on with where one stopped', async () => {
    const page = await app.open(app.someone('worker'));
    const record = await recordOf(page, 'Mimi');
    await page.goto(`${record}/story`);
    await axe(page);
    await picture(page, 'story');
    const first = await page.locator('.ls-entry h3, .ls-brief summary').first().innerText();
    await follow(page, 'Later');
    const second = await page.locator('.ls-entry h3, .ls-brief summary').first().innerText();
    assert.notEqual(first, second);
    await axe(page);
    await page.goto(`${record}/story`);
    await page.getByText('You stopped at').waitFor();
    await follow(page, 'Go on where you stopped');
    assert.equal(await page.locator('.ls-entry h3, .ls-brief summary').first().innerText(), second);
    await follow(page, 'Earlier');
    assert.equal(await page.locator('.ls-entry h3, .ls-brief summary').first().innerText(), first);
  });

  test('R-VOI-04 only the child’s words, by keyboard and without script', async () => {
    const page = await app.open(app.someone('worker'), { javaScriptEnabled: false });
    const record = await recordOf(page, 'Mimi');
    await page.goto(`${record}/story`);
    const keyboard = new Keyboard(page);
    await keyboard.to(page.locator('summary', { hasText: 'Narrow the story' }));
    await page.keyboard.press('Enter');
    await keyboard.select(page.getByLabel('Only these passages'), "The child's own words");
    await keyboard.enter(page.getByRole('button', { name: 'Narrow the story' }));
    assert.ok((await page.locator('.ls-entry').count()) > 0);
    await picture(page, 'story-child-words');
    await follow(page, 'Read the whole story');
    await page.getByRole('link', { name: 'Later', exact: true }).waitFor();
  });

  test('R-CHR-02 a chronology for the court, each row with its source', async () => {
    const page = await app.open(app.someone('worker'), { viewport: { width: 320, height: 700 } });
    const record = await recordOf(page, 'Mimi');
    await page.goto(`${record}/chronologies`);
    await axe(page);
    await follow(page, 'Chronology for the family court');
    await axe(page);
    await picture(page, 'chronology-for-court-narrow');
    assert.ok((await page.locator('.ls-rows > li').count()) >= 3);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `${wide} px wide`);
    await page.locator('.ls-rows dd a').first().click();
    assert.match(page.url(), /\/entries\//);
  });
});
