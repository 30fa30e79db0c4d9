-- Beside when the world was last told of an error stands what it is still to be told: at most one thing
-- an error, noted by whoever opens it or brings it back. The table keeps its name, so that instances of
-- the version before, which know its first two columns alone, go on beside this one, and so do the
-- rights that were granted.
alter table holdfast.alerts_sent
  add column kind text check (kind in ('new', 'back')), -- null: nothing to tell
  add column noted_at bigint not null default 0,
  add column due_at bigint not null default 0, -- not to be told before
  add column message_id text, -- of the message that tells of it, or told last
  add column is_summary integer not null default 0, -- whether that is a summary
  add column tries integer not null default 0; -- to send it

create index alerts_sent_waiting on holdfast.alerts_sent (noted_at) where kind is not null;
create index alerts_sent_by_message on holdfast.alerts_sent (message_id)
  where kind is not null and message_id is not null;
create index alerts_sent_by_time on holdfast.alerts_sent (time);
