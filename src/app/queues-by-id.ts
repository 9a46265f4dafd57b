import type { Migration } from '#platform/db';

const build = `from job
   join build on build.job_id = job.id
   join repository on repository.id = build.repository_id
   join job_group on job_group.queue = job.queue and job_group.name = job.group_name`;
const named = "where job.queue = 'builds'";
const count = (state: string) => `sum(case when job.state = '${state}' then 1 else 0 end)`;

/**
 * Builds waited under the names of namespace and repository, and wait under their ids, in the same
 * places and turns. What is new is counted beside what is there, since a namespace may be called like
 * the id of another.
 */
export const queuesById: Migration = {
  name: '0003-queues-by-id',
  statements: ({ text }) => {
    const group = `cast(repository.namespace_id as ${text})`;
    const lane = `cast(repository.id as ${text})`;
    return [
      `insert into job_group (queue, name, concurrency, pending, running, served_at)
       select 'builds by id', ${group}, max(job_group.concurrency), ${count('pending')},
              ${count('leased')}, max(job_group.served_at)
       ${build} ${named} group by repository.namespace_id`,
      `insert into job_lane (queue, group_name, name, running, served_at)
       select 'builds by id', ${group}, ${lane}, ${count('leased')},
              max(coalesce(job_lane.served_at, 0))
       ${build}
       left join job_lane on job_lane.queue = job.queue
         and job_lane.group_name = job.group_name and job_lane.name = job.lane
       ${named} group by repository.namespace_id, repository.id`,
      `update job set group_name = (${ofBuild(group)}), lane = (${ofBuild(lane)}) ${named}`,
      `delete from job_group where queue = 'builds'`,
      `delete from job_lane where queue = 'builds'`,
      `update job_group set queue = 'builds' where queue = 'builds by id'`,
      `update job_lane set queue = 'builds' where queue = 'builds by id'`,
    ];
  },
};

function ofBuild(value: string): string {
  return `select ${value} from build join repository on repository.id = build.repository_id
          where build.job_id = job.id`;
}
