-- Everything lives in a schema of its own, so that the database may be shared with another program.
-- Times are milliseconds since 1970.

create table holdfast.versions (
  version integer primary key,
  applied_at timestamptz not null default now()
);

-- One row a record, in the order of time. Retention deletes from the old end, in small steps.
create table holdfast.logs (
  time bigint not null,
  id bigint generated always as identity,
  boot uuid not null, -- the process that made it; unique together with seq
  seq bigint not null,
  error_key text, -- the fingerprint of a failure; a merge of errors never touches this table
  error_id text, -- of a failure alone
  line text not null, -- the record as JSON
  words tsvector not null, -- what search sees, whole values among them: see words.ts
  xact bigint not null default txid_current(), -- the transaction that brought it: see tail.ts
  primary key (time, id),
  unique (boot, seq)
) with (
  -- A fifth of a large table is too long to wait: the planner must know of new days, and deleted rows'
  -- room must be used again.
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_insert_scale_factor = 0.05,
  autovacuum_analyze_scale_factor = 0.02
);

-- Of a word that is not among the most common, the planner knows only that it is rarer than these. With
-- the default's 1,000 words it takes rare ones for common and walks through the whole table.
alter table holdfast.logs alter column words set statistics 1000;

create index logs_by_error_id on holdfast.logs (error_id) where error_id is not null;
create index logs_by_arrival on holdfast.logs (xact, id);
create index logs_by_words on holdfast.logs using gin (words);

-- How many rows `logs` holds and how many bytes all lines have, in several rows, so that instances do
-- not wait for one another. The sums are exact; a single row may be negative.
create table holdfast.sizes (
  slot smallint primary key,
  rows bigint not null,
  bytes bigint not null
) with (fillfactor = 50);

create table holdfast.errors (
  id bigint generated always as identity primary key,
  uid text not null unique, -- the public id, a UUIDv7
  state text not null check (state in ('open', 'resolved', 'muted')),
  type text not null,
  message text not null,
  svc_name text not null,
  route text,
  severity integer not null,
  location text not null,
  count bigint not null, -- ever
  kept bigint not null, -- rows in `occurrences`
  first_seen bigint not null,
  last_seen bigint not null,
  first_release text,
  last_release text,
  resolved_at bigint,
  resolved_in text,
  came_back integer not null default 0,
  muted_until bigint,
  muted_count bigint, -- the count at which a mute ends
  last_error_id text not null
) with (fillfactor = 70);

-- The only order kept as an index: each one more is written at every failure. Errors are few.
create index errors_by_last_seen on holdfast.errors (last_seen, id);

-- Which error a fingerprint belongs to. To merge two errors is to point one's keys at the other. To
-- split a variant off is to add a key for it: made of a fingerprint and a masked message.
create table holdfast.error_keys (
  key text primary key,
  error bigint not null references holdfast.errors (id) on delete cascade,
  rule text not null,
  parts text not null, -- JSON array
  split_from text, -- the fingerprint, where this is the key of a variant
  variant text -- the masked message
);

create index error_keys_by_error on holdfast.error_keys (error);
create index error_keys_by_split on holdfast.error_keys (split_from) where split_from is not null;

-- Public ids of errors that were merged: links to them go on working.
create table holdfast.error_aliases (
  uid text primary key,
  error bigint not null references holdfast.errors (id) on delete cascade
);

create index error_aliases_by_error on holdfast.error_aliases (error);

-- When the world was last told of an error: whoever changes the row tells it.
create table holdfast.alerts_sent (
  error bigint primary key references holdfast.errors (id) on delete cascade,
  time bigint not null
);

-- `time` and `id` are those of its log row. The line is here once more, so that it outlives the log.
create table holdfast.occurrences (
  error bigint not null references holdfast.errors (id) on delete cascade,
  time bigint not null,
  id bigint not null,
  error_id text not null,
  line text not null,
  words tsvector not null,
  primary key (error, time, id)
);

create index occurrences_by_error_id on holdfast.occurrences (error_id);
create index occurrences_by_time on holdfast.occurrences (time);
create index occurrences_by_words on holdfast.occurrences using gin (words);

-- A message may be longer than an index takes: its digest stands for it.
create table holdfast.variants (
  error bigint not null references holdfast.errors (id) on delete cascade,
  digest text not null, -- MD5 of the message
  message text not null, -- masked
  count bigint not null,
  primary key (error, digest)
) with (fillfactor = 70);

-- `hour` counts hours since 1970.
create table holdfast.hours (
  error bigint not null references holdfast.errors (id) on delete cascade,
  hour bigint not null,
  count bigint not null,
  primary key (error, hour)
) with (fillfactor = 70);

create index hours_by_hour on holdfast.hours (hour);

create table holdfast.history (
  id bigint generated always as identity primary key,
  error bigint not null references holdfast.errors (id) on delete cascade,
  time bigint not null,
  action text not null,
  actor text not null,
  note text not null
);

create index history_by_error on holdfast.history (error, id);
