import type {
  AttemptReport,
  BuildNews,
  ListedBuild,
  NumberedLine,
  DeliveryReport as StoredDelivery,
  BuildReport as StoredReport,
} from '#builds';
import { optionalField } from '#kernel';
import type {
  Attempt,
  Build,
  BuildEvent,
  BuildReport,
  DeliveryReport,
  NumberedLogLine,
} from '#protocol';
import { instantText, optionalInstant } from './wire-instant.ts';

export function buildAnswer(build: ListedBuild): Build {
  const { type, name, commit } = build.ref;
  return {
    id: build.id,
    repository: build.repositoryName,
    state: build.state,
    ...optionalField('reason', build.reason),
    ...optionalField('message', build.message),
    source: { type, name, commit },
    rule: build.ruleNumber,
    tags: [...build.tags],
    push: build.push,
    cause: build.cause,
    attempts: build.attemptCount,
    createdAt: instantText(build.createdAt),
    ...optionalInstant('startedAt', build.startedAt),
    ...optionalInstant('finishedAt', build.finishedAt),
  };
}

export function reportAnswer(report: StoredReport): BuildReport {
  return {
    ...buildAnswer(report),
    attemptList: report.attempts.map(attemptAnswer),
    ...optionalField('waiting', report.waiting),
  };
}

function attemptAnswer(attempt: AttemptReport): Attempt {
  return {
    number: attempt.number,
    state: attempt.state,
    builder: attempt.builder,
    startedAt: instantText(attempt.startedAt),
    ...optionalInstant('endedAt', attempt.endedAt),
    ...optionalField('reason', attempt.reason),
    ...optionalField('message', attempt.message),
    phases: attempt.phases.map(({ name, startedAt, endedAt, exitCode }) => ({
      name,
      startedAt: instantText(startedAt),
      ...optionalInstant('endedAt', endedAt),
      ...optionalField('exitCode', exitCode),
    })),
    published: attempt.published.map((outcome) => ({ ...outcome })),
  };
}

export function lineAnswer({ number, at, phase, stream, text }: NumberedLine): NumberedLogLine {
  return { number, at: instantText(at), phase, stream, text };
}

export function newsAnswer(news: BuildNews): BuildEvent {
  switch (news.type) {
    case 'build':
      return { type: 'build', build: reportAnswer(news.build) };
    case 'line':
      return { type: 'line', attempt: news.attempt, line: lineAnswer(news.line) };
    case 'end':
      return news;
  }
}

export function deliveryAnswer(delivery: StoredDelivery): DeliveryReport {
  return {
    id: delivery.id,
    cause: delivery.cause,
    ...optionalField('pushedBy', delivery.pushedBy),
    receivedAt: instantText(delivery.receivedAt),
    state: delivery.state,
    isFailing: delivery.error !== undefined,
    changes: delivery.changes.map(({ type, name, commit }) => ({
      type,
      name,
      ...optionalField('commit', commit),
    })),
    verdicts: delivery.verdicts.map((verdict) => ({ ...verdict })),
    isCut: delivery.isCut,
  };
}
