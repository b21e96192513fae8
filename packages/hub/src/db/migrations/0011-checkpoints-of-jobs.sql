-- Where the last checkpoint of a job lies, told when a run of it ended and it was queued anew; null
-- where none does. Dispatch counts what bringing it elsewhere costs.
alter table jobs add column checkpoint_centre text;
alter table jobs add column checkpoint_place text;
-- Rounded up to two digits, so that jobs alike stay one group of the queue.
alter table jobs add column checkpoint_bytes bigint;
alter table jobs add constraint jobs_checkpoint_whole check (
  (checkpoint_centre is null) = (checkpoint_place is null)
  and (checkpoint_centre is null) = (checkpoint_bytes is null));

-- For the few that wait for a checkpoint whose centre may have left.
create index jobs_with_checkpoint on jobs (checkpoint_centre)
  where state = 'queued' and checkpoint_centre is not null;
