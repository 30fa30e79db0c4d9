-- Beside when the world was last told of an error stands what it is still to be told: at most one thing
-- an error, noted by whoever opens it or brings it back. The table keeps its name, so that a process of
-- the version before, which knows its first two columns alone, goes on beside this one.
alter table alerts_sent add column kind text check (kind in ('new', 'back')); -- null: nothing to tell
alter table alerts_sent add column noted_at integer not null default 0;
alter table alerts_sent add column due_at integer not null default 0; -- not to be told before
alter table alerts_sent add column message_id text; -- of the message that tells of it, or told last
alter table alerts_sent add column is_summary integer not null default 0; -- whether that is a summary
alter table alerts_sent add column tries integer not null default 0; -- to send it

create index alerts_sent_waiting on alerts_sent (noted_at) where kind is not null;
create index alerts_sent_by_message on alerts_sent (message_id)
  where kind is not null and message_id is not null;
create index alerts_sent_by_time on alerts_sent (time);
