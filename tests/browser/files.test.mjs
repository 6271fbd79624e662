// A child's drawing, added to a note by keyboard alone, and seen again on the entry and in the story.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';

import { axe, picture, useApp } from './harness.mjs';
import { Keyboard, begin, daysBefore, recordOf } from './steps.mjs';

const SAYS = 'Wrenfield: a house with a blue door';

// A small PNG that nobody drew: stripes.
function drawing() {
  const [width, height] = [60, 40];
  const rows = Buffer.concat(
    Array.from({ length: height }, (_, y) => Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, y < 20 ? 90 : 200)])),
  );
  const crc = (bytes) => {
    let sum = 0xffffffff;
    for (const byte of bytes) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
    }
    return (sum ^ 0xffffffff) >>> 0;
  };
  const chunk = (kind, data) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const whole = Buffer.alloc(body.length + 8);
    whole.writeUInt32BE(data.length, 0);
    body.copy(whole, 4);
    whole.writeUInt32BE(crc(body), body.length + 4);
    return whole;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

describe('A drawing', () => {
  const app = useApp();

  test('R-VOI-03 R-VOI-07 R-VOI-08 is added by keyboard and seen on the entry and in the story', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'lifestory-drawing-'));
    const file = path.join(folder, 'blue door.png');
    await writeFile(file, drawing());
    const page = await app.open('sam');
    const keys = new Keyboard(page);
    const record = await recordOf(page, 'Mimi');
    await begin(page, record, 'Something to keep');
    const box = (name) => page.getByRole('textbox', { name, exact: true });
    const group = (name) => page.getByRole('group', { name, exact: true });
    await daysBefore(page, 0);
    await keys.radio(group('What is it?'), 'Drawing or writing');
    await keys.type(box('What is its story?'), 'Drawn while we waited for the kettle.');
    await keys.enter(page.getByRole('button', { name: 'Add a file to “A copy of it”' }));
    await page.getByRole('heading', { level: 1, name: 'A copy of it' }).waitFor();
    await axe(page);
    await picture(page, 'add-a-file');
    // What is wrong is said at its box.
    await keys.enter(page.getByRole('button', { name: 'Add this file' }));
    await page.getByRole('link', { name: 'Choose a file' }).waitFor();
    await axe(page);
    const chooser = page.waitForEvent('filechooser');
    await keys.to(page.getByLabel('Choose a file'));
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(file);
    await keys.type(page.getByLabel('What does it show or say?'), SAYS);
    await keys.radio(group('Does anything in it belong to another child’s record?'), 'No');
    await keys.enter(page.getByRole('button', { name: 'Add this file' }));
    await page.getByRole('heading', { level: 1, name: 'Something to keep' }).waitFor();
    assert.equal(await box('What is its story?').inputValue(), 'Drawn while we waited for the kettle.', 'what was typed stays');
    assert.equal(await box('What file 1 shows or says, in words').inputValue(), SAYS);
    await page.getByRole('link', { name: /^blue door\.png \(PNG, / }).waitFor();
    await axe(page);
    await picture(page, 'draft-with-a-drawing');
    await keys.radio(group('Who has the original?'), 'The child');
    await keys.enter(page.getByRole('button', { name: 'Complete', exact: true }));
    if ((await page.title()).startsWith('Check')) {
      await page.getByRole('img', { name: SAYS }).waitFor();
      await keys.enter(page.getByRole('button', { name: 'Record it', exact: true }));
    }
    await page.getByRole('heading', { level: 1, name: 'Something to keep completed' }).waitFor();
    await keys.enter(page.getByRole('link', { name: /Mimi/ }).last());
    const shown = page.getByRole('img', { name: SAYS });
    await shown.waitFor();
    const width = () => shown.evaluate(async (image) => (await image.decode(), image.naturalWidth));
    assert.equal(await width(), 60, 'the picture is there');
    await axe(page);
    await picture(page, 'entry-with-a-drawing');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /^Download blue door\.png/ }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'blue door.png');
    await page.goto(`${record}/story?end=yes`);
    await page.getByRole('img', { name: SAYS }).waitFor();
    await axe(page);
    await picture(page, 'story-with-a-drawing');
    await rm(folder, { recursive: true });
  });
});
