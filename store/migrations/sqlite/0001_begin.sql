-- One row a record. `id` is microseconds since 1970: the record's millisecond times 1000, plus its
-- place among the records of that millisecond. So the order of rows is the order of time: newest
-- first, "since" and "until", and age need no index of their own.
create table logs (
  id integer primary key,
  boot integer not null,
  seq integer not null,
  error_key text, -- the fingerprint of a failure; a merge of errors never touches this table
  line text not null, -- the record as JSON
  unique (boot, seq)
) strict;

-- The processes that ever wrote here, so that the duplicate key costs a number and not a UUID a row.
create table boots (
  id integer primary key autoincrement,
  boot_id text not null unique
) strict;

-- The index holds no text of its own: the line is in `logs`. Whole values (service, route, level,
-- request id) are in it as words that no text can form, see words.ts.
create virtual table logs_words using fts5 (
  words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

-- Merging segments later costs a third less at the sizes that records come in, and no search more.
insert into logs_words (logs_words, rank) values ('automerge', 8);

-- How many rows `logs` holds, kept by whoever adds or removes: count(*) would read them all. `newest`
-- is the largest id there ever was.
create table log_count (
  only integer primary key check (only = 1),
  rows integer not null,
  newest integer not null
) strict;

insert into log_count values (1, 0, 0);

-- Ids are times, so a row that arrives late stands among older ones. Live tail reads on after the
-- newest id it has seen, and finds here, in the order of arrival, what came behind its back.
create table late_logs (
  arrival integer primary key autoincrement,
  id integer not null -- of the log row
) strict;

-- Times are milliseconds since 1970.
create table errors (
  id integer primary key autoincrement,
  uid text not null unique, -- the public id, a UUIDv7
  state text not null check (state in ('open', 'resolved', 'muted')),
  type text not null,
  message text not null,
  svc_name text not null,
  route text,
  severity integer not null,
  location text not null,
  count integer not null, -- ever
  kept integer not null, -- rows in `occurrences`
  oldest_kept integer not null, -- the smallest id of these
  first_seen integer not null,
  last_seen integer not null,
  first_release text,
  last_release text,
  resolved_at integer,
  resolved_in text,
  came_back integer not null default 0,
  muted_until integer,
  muted_count integer, -- the count at which a mute ends
  last_error_id text not null
) strict;

-- One for each order of the list. They hold what the list is filtered by, so that a filter that few
-- errors pass reads the index and not a hundred thousand rows: 5 ms in place of 200.
create index errors_by_last_seen
  on errors (last_seen, id, svc_name, route, severity, first_release, last_release);
create index errors_by_first_seen
  on errors (first_seen, id, svc_name, route, severity, first_release, last_release);
create index errors_by_count
  on errors (count, id, svc_name, route, severity, first_release, last_release);
create index errors_by_state_last_seen
  on errors (state, last_seen, id, svc_name, route, severity, first_release, last_release);
create index errors_by_state_first_seen
  on errors (state, first_seen, id, svc_name, route, severity, first_release, last_release);
create index errors_by_state_count
  on errors (state, count, id, svc_name, route, severity, first_release, last_release);
create index errors_by_kept on errors (kept);
create index errors_by_oldest_kept on errors (oldest_kept) where kept > 1;

-- Which error a fingerprint belongs to. To merge two errors is to point one's keys at the other. To
-- split a variant off is to add a key for it: a fingerprint and a masked message.
create table error_keys (
  key text primary key,
  error integer not null references errors (id) on delete cascade,
  rule text not null,
  parts text not null, -- JSON array
  split_from text, -- the fingerprint, where this is the key of a variant
  variant text -- the masked message
) strict, without rowid;

create index error_keys_by_error on error_keys (error);
create unique index error_keys_by_variant on error_keys (split_from, variant)
  where split_from is not null;

-- Public ids of errors that were merged: links to them go on working.
create table error_aliases (
  uid text primary key,
  error integer not null references errors (id) on delete cascade
) strict, without rowid;

create index error_aliases_by_error on error_aliases (error);

-- When the world was last told of an error: whoever changes the row tells it.
create table alerts_sent (
  error integer primary key references errors (id) on delete cascade,
  time integer not null
) strict;

-- `id` is the id of its log row. The line is here once more, so that it outlives the log.
create table occurrences (
  id integer primary key,
  error integer not null references errors (id) on delete cascade,
  error_id text not null,
  line text not null
) strict;

create index occurrences_by_error on occurrences (error, id);
create index occurrences_by_error_id on occurrences (error_id);

create virtual table occurrences_words using fts5 (
  words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

create table variants (
  error integer not null references errors (id) on delete cascade,
  message text not null, -- masked
  count integer not null,
  primary key (error, message)
) strict, without rowid;

-- `hour` counts hours since 1970.
create table hours (
  error integer not null references errors (id) on delete cascade,
  hour integer not null,
  count integer not null,
  primary key (error, hour)
) strict, without rowid;

create index hours_by_hour on hours (hour);

create table history (
  id integer primary key,
  error integer not null references errors (id) on delete cascade,
  time integer not null,
  action text not null,
  actor text not null,
  note text not null
) strict;

create index history_by_error on history (error, id);
