// Steps that several tests take: the children of the demonstration, a draft, and everything by keyboard alone.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

// Children of the demonstration whom Sam works with, as the pages call them.
export const ALI = ['Mimi', 'Bilal Ali', 'Noor Ali'];

// The path of a child's record, from My work or My team.
export async function recordOf(page, name, list = '/my-work') {
  await page.goto(list);
  return page.getByRole('rowheader').getByRole('link', { name, exact: true }).getAttribute('href');
}

// A form, opened from a child's record: the path that its draft will have. It begins with the first change.
export async function begin(page, record, form) {
  await page.goto(`${record}/new`);
  await page.getByRole('link', { name: form, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: form }).waitFor();
  return page.locator('form[data-draft]').getAttribute('action');
}

// Completes what is ready: looks at what will stand, and records it.
export async function complete(page) {
  await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Complete', exact: true }).click()]);
  const problems = page.locator('.govuk-error-summary');
  assert.equal(await problems.count(), 0, (await problems.count()) > 0 ? await problems.innerText() : '');
  await page.getByRole('heading', { level: 1, name: 'Check what will be recorded' }).waitFor();
  await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Record it' }).click()]);
}

// A day before today, by the server's own today: what the draft's date boxes hold when it is begun.
export async function daysBefore(page, days) {
  const part = (name) => page.locator(`[name="happened.${name}"]`).inputValue();
  const today = new Date(Date.UTC(Number(await part('year')), Number(await part('month')) - 1, Number(await part('day'))));
  const day = new Date(today.getTime() - days * 86_400_000);
  const month = day.toLocaleDateString('en-GB', { month: 'long', timeZone: 'UTC' });
  return {
    day: String(day.getUTCDate()),
    month: String(day.getUTCMonth() + 1),
    year: String(day.getUTCFullYear()),
    words: `${day.getUTCDate()} ${month} ${day.getUTCFullYear()}`,
  };
}

// What the app on the telephone shows at a half minute (RFC 6238), worked out apart from the program.
export function codeOf(key, halfMinute) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...key.replace(/\s/g, '')].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(halfMinute));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
/** The first password that the page tells to whoever gives it. */
export async function firstPassword(page) {
  await page.getByRole('heading', { level: 1, name: 'Hand over the first password' }).waitFor();
  return page.locator('.ls-key-in-letters').innerText();
}

export const halfMinute = () => Math.floor(Date.now() / 30_000);

// What a person does without a mouse. Every step fails if Tab does not lead there.
export class Keyboard {
  #page;
  constructor(page) {
    this.#page = page;
  }

  // Tab on to this, at most once around a long page.
  async to(locator) {
    await locator.waitFor();
    for (let presses = 0; presses < 150; presses++) {
      await this.#page.keyboard.press('Tab');
      if (await locator.evaluate((element) => element === document.activeElement)) return;
    }
    assert.fail(`Tab does not lead to ${locator}`);
  }

  async type(locator, text) {
    await this.to(locator);
    await this.#page.keyboard.type(text);
  }

  async tick(locator) {
    await this.to(locator);
    await this.#page.keyboard.press('Space');
    assert.ok(await locator.isChecked());
  }

  // Tab comes to the first of a group of radio buttons, arrows go on from there.
  async radio(group, name) {
    const wanted = group.getByRole('radio', { name, exact: true });
    await this.to(group.getByRole('radio').first());
    await this.#page.keyboard.press('Space');
    for (let presses = 0; presses < 20 && !(await wanted.isChecked()); presses++) {
      await this.#page.keyboard.press('ArrowDown');
    }
    assert.ok(await wanted.isChecked(), `arrows do not lead to ${name}`);
  }

  async select(locator, label) {
    await this.to(locator);
    const chosen = () => locator.evaluate((select) => select.selectedOptions[0].label);
    for (let presses = 0; presses < 30 && (await chosen()) !== label; presses++) {
      await this.#page.keyboard.press('ArrowDown');
    }
    assert.equal(await chosen(), label);
  }

  // Follows a link or presses a button, and waits for the page that comes.
  async enter(locator) {
    await this.to(locator);
    await Promise.all([this.#page.waitForNavigation(), this.#page.keyboard.press('Enter')]);
  }
}
