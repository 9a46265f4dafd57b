import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { listenToProcess, type SignalSource } from './process-signals.ts';

function playedProcess() {
  const closed: string[] = [];
  const stdin = Object.assign(new EventEmitter(), {
    resume: () => stdin,
    destroy: () => closed.push('stdin'),
  });
  const disconnect = () => closed.push('channel');
  return Object.assign(new EventEmitter(), { stdin, closed, connected: true, disconnect });
}

function listening(isChild: boolean) {
  const source = playedProcess();
  return { source, ...listenToProcess(source as unknown as SignalSource, { isChild }) };
}

test('SIGTERM drains, and a second one stops at once', () => {
  const { source, stop, drain } = listening(false);

  source.emit('SIGTERM');
  expect([drain.aborted, stop.aborted]).toEqual([true, false]);
  source.emit('SIGTERM');

  expect(stop.aborted).toBe(true);
});

test('SIGINT stops at once', () => {
  const { source, stop } = listening(false);

  source.emit('SIGINT');

  expect(stop.aborted).toBe(true);
});

test.each(['end', 'close', 'error'])('a child stops when its standard input says %s', (event) => {
  const { source, stop } = listening(true);

  source.stdin.emit(event);

  expect(stop.aborted).toBe(true);
});

test('a child stops when its channel to the parent closes', () => {
  const { source, stop } = listening(true);

  source.emit('disconnect');

  expect(stop.aborted).toBe(true);
});

test('a builder on its own may have a closed standard input', () => {
  const { source, stop } = listening(false);

  source.stdin.emit('end');

  expect(stop.aborted).toBe(false);
});

test('a child that has nothing to do any more lets go of what would keep it alive', () => {
  const { source, ...signals } = listening(true);

  signals[Symbol.dispose]();

  expect(source.closed).toEqual(['stdin', 'channel']);
  expect(signals.stop.aborted).toBe(false);
});
