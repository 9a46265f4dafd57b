import { z } from 'zod';
import {
  connectionRequest,
  finishReport,
  heartbeat,
  logBatch,
  phaseReport,
  publishReport,
} from './builder-protocol.ts';
import { noFields, operation, streamOperation } from './operation.ts';

const tag = 'Builders';
/** What is told is told: nothing comes back. */
const done = z.object({});
const attemptPath = z.object({ attemptId: z.string() });

/** What builders call, below `/api/builder/v1`. */
export const builderOperations = {
  openConnection: streamOperation({
    id: 'openConnection',
    method: 'POST',
    path: '/connection',
    summary: 'Sends events to a builder for as long as both sides are there.',
    tag,
    params: noFields,
    query: noFields,
    body: connectionRequest,
    mediaType: 'application/x-ndjson',
  }),
  sendHeartbeat: operation({
    id: 'sendHeartbeat',
    method: 'POST',
    path: '/heartbeat',
    summary: 'Says that a builder lives, and what it holds.',
    tag,
    status: 200,
    params: noFields,
    query: noFields,
    body: heartbeat,
    answer: done,
  }),
  sendLog: operation({
    id: 'sendLog',
    method: 'POST',
    path: '/attempts/{attemptId}/log',
    summary: 'Adds lines to the log of an attempt.',
    tag,
    status: 200,
    params: attemptPath,
    query: noFields,
    body: logBatch,
    // Nobody fills 2,000 lines of 16 KiB: see `logBatchLimits`. Escaped, a character takes six bytes.
    limitBytes: 4 * 1024 * 1024,
    takesNul: true,
    answer: done,
  }),
  sendPhase: operation({
    id: 'sendPhase',
    method: 'POST',
    path: '/attempts/{attemptId}/phases',
    summary: 'Says that a phase of an attempt begins or ends.',
    tag,
    status: 200,
    params: attemptPath,
    query: noFields,
    body: phaseReport,
    answer: done,
  }),
  publish: operation({
    id: 'publish',
    method: 'POST',
    path: '/attempts/{attemptId}/publish',
    summary: 'Moves the tags that an attempt has staged so far, and tells of each.',
    tag,
    status: 200,
    params: attemptPath,
    query: noFields,
    body: noFields,
    answer: publishReport,
  }),
  finish: operation({
    id: 'finish',
    method: 'POST',
    path: '/attempts/{attemptId}/finish',
    summary: 'Gives the verdict of an attempt, whose sandbox is gone.',
    tag,
    status: 200,
    params: attemptPath,
    query: noFields,
    body: finishReport,
    answer: done,
  }),
  settle: operation({
    id: 'settle',
    method: 'POST',
    path: '/attempts/{attemptId}/settled',
    summary: 'Says that the sandbox of an attempt that was ended from outside is gone.',
    tag,
    status: 200,
    params: attemptPath,
    query: noFields,
    body: noFields,
    answer: done,
  }),
};
