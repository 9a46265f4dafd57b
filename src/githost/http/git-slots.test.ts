import { expect, test } from 'vitest';
import { TestClock } from '#kernel/testing';
import { GitSlots } from './git-slots.ts';

const never = new AbortController().signal;

function openSlots(most = 4) {
  const clock = new TestClock();
  return { clock, slots: new GitSlots({ clock, most }) };
}

test('A42 half of the slots are the most that one person has; others find room', async () => {
  const { slots } = openSlots(4);
  const [first] = [await slots.take('ada', never), await slots.take('ada', never)];
  let isThird = false;
  const third = slots.take('ada', never).then((slot) => {
    isThird = true;
    return slot;
  });

  await slots.take('eve', never);
  expect(isThird).toBe(false);
  first[Symbol.dispose]();

  await third;
});

test('who waits gets the slot that becomes free, in the order of coming', async () => {
  const { slots } = openSlots(2);
  const first = await slots.take('ada', never);
  const second = await slots.take('eve', never);
  const order: string[] = [];
  const waiting = ['joe', 'kim'].map(async (name) => {
    const slot = await slots.take(name, never);
    order.push(name);
    slot[Symbol.dispose]();
  });

  first[Symbol.dispose]();
  await Promise.all(waiting);

  expect(order).toEqual(['joe', 'kim']);
  second[Symbol.dispose]();
});

test('A42 who waits too long is told when to come again', async () => {
  const { slots, clock } = openSlots(2);
  await slots.take('ada', never);

  const refused = slots.take('ada', never);
  clock.advance(20_000);

  await expect(refused).rejects.toMatchObject({
    code: 'GIT_BUSY',
    detail: { retryAfterSeconds: 30 },
  });
});

test('A42 the line is bounded, and for one person more than for all', async () => {
  const { slots } = openSlots(2);
  await slots.take('ada', never);
  const waiting = Array.from({ length: 4 }, () => slots.take('ada', never));

  await expect(slots.take('ada', never)).rejects.toMatchObject({ code: 'GIT_BUSY' });
  await slots.take('eve', never);
  const others = Array.from({ length: 4 }, (_, index) => slots.take(`p${index}`, never));
  await expect(slots.take('zoe', never)).rejects.toMatchObject({ code: 'GIT_BUSY' });

  for (const wait of [...waiting, ...others]) wait.catch(() => undefined);
});

test('who leaves while waiting takes no slot', async () => {
  const { slots } = openSlots(2);
  const first = await slots.take('ada', never);
  const leaving = new AbortController();
  const left = slots.take('ada', leaving.signal);

  leaving.abort(new Error('left'));
  await expect(left).rejects.toThrow('left');
  first[Symbol.dispose]();

  await slots.take('ada', never);
});
