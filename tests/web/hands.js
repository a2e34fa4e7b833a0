// What somebody does who has no pointer: goes on from one thing to the next until they are at what
// they want, which can be seen, and uses it. What is used is where a pointer would find it, too.
import assert from 'node:assert/strict';

/** More things than any page has between two others. */
const FAR = 250;

/** Where an element is for who has the focus, and the name of what has it. */
function where(element) {
  const { activeElement: active } = document;
  const name = active?.ariaLabel ?? active?.textContent?.trim().slice(0, 30) ?? 'nothing';
  if (element === active) return ['here', name];
  // Of these one goes to one of them, and on among them by the arrows.
  const group = element.closest('[role=group], [role=listbox], [role=menu], [role=radiogroup]');
  if (group?.contains(active) && (element.tabIndex === -1 || element.type === 'radio')) {
    return [group.role === 'group' ? 'beside' : 'below', name];
  }
  const order = active ? active.compareDocumentPosition(element) : 0;
  const before = order & Node.DOCUMENT_POSITION_PRECEDING && active !== document.body;
  return [before ? 'before' : 'after', name];
}

const KEYS = { after: 'Tab', before: 'Shift+Tab', beside: 'ArrowRight', below: 'ArrowDown' };

/** Goes to something. */
async function reach(locator) {
  // Whoever points at it finds it, as it is neither covered nor moving nor disabled.
  await locator.click({ trial: true });
  const { keyboard } = locator.page();
  const passed = new Set();
  let key;
  for (let steps = 0; steps < FAR; steps += 1) {
    const [at, name] = await locator.evaluate(where);
    if (at === 'here') return;
    // Who has gone one way goes on like that: what keeps the focus in, as a dialog does, goes round.
    if (key === undefined || at === 'beside' || at === 'below') key = KEYS[at];
    passed.add(name);
    await keyboard.press(key);
  }
  assert.fail(`${locator} is not reached by keyboard, but ${[...passed].join(', ')}`);
}

/** Presses a button, or follows a link. */
export async function press(locator) {
  await reach(locator);
  await locator.page().keyboard.press('Enter');
}

/** Writes into a field, in place of what is there; days as `2026-11-21`, times as `09:00`. */
export async function write(locator, text) {
  await reach(locator);
  const { keyboard } = locator.page();
  const kind = await locator.getAttribute('type');
  if (kind === 'date') {
    const [year, month, day] = text.split('-');
    await keyboard.type(`${month}${day}${year}`);
    assert.equal(await locator.inputValue(), text);
    return;
  }
  await keyboard.press('ControlOrMeta+A');
  if (text === '') await keyboard.press('Delete');
  else await keyboard.type(text);
}

/** Chooses what has this label from a list, by its first letters as one does. */
export async function choose(locator, label) {
  await reach(locator);
  const chosen = () => locator.evaluate((list) => list.selectedOptions[0]?.label.trim());
  const labels = await locator.locator('option').allTextContents();
  assert(
    labels.some((each) => each.trim() === label),
    `${label} is none of ${labels}`,
  );
  const { keyboard } = locator.page();
  await keyboard.type(label);
  for (let steps = 0; steps < labels.length && (await chosen()) !== label; steps += 1) {
    await keyboard.press('ArrowDown');
  }
  assert.equal(await chosen(), label);
}

/** Ticks a box, or takes one of several. */
export async function tick(locator, ticked = true) {
  await reach(locator);
  if ((await locator.isChecked()) !== ticked) await locator.page().keyboard.press('Space');
  assert.equal(await locator.isChecked(), ticked);
}
