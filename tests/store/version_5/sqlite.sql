-- A store of version 5 as it was made step by step, and what stood in it.

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
-- What an error's occurrences and variants hold: the bytes of their lines and messages. The size limit
-- takes from the service that holds most.
alter table errors add column bytes integer not null default 0;
update errors set bytes =
  (select coalesce(sum(octet_length(line)), 0) from occurrences where error = errors.id) +
  (select coalesce(sum(octet_length(message)), 0) from variants where error = errors.id);

-- The same of all lines in `logs`, so that it is known how much of the file is theirs.
alter table log_count add column bytes integer not null default 0;
update log_count set bytes = (select coalesce(sum(octet_length(line)), 0) from logs);

-- The bound of errors is shared by service. Partial, so that no listing takes it for its own: only a
-- statement that says "id > 0" too can use it.
create index errors_by_service on errors (svc_name) where id > 0;

-- How many errors each service has opened in the hour it last opened one (hours since 1970). A service
-- without errors has no row, but for the hour that runs.
create table services (
  svc_name text primary key,
  hour integer not null,
  opened integer not null
) strict, without rowid;

insert into services (svc_name, hour, opened) select distinct svc_name, 0, 0 from errors;
-- The level of an error is that of its newest occurrence; beside it stands when it was CRITICAL last.
alter table errors add column last_critical integer;
-- What happened before a mute and arrives late does not end it.
alter table errors add column muted_at integer;

update errors set severity = coalesce(
  (select json_extract(line, '$.severity') from occurrences
   where occurrences.error_id = errors.last_error_id and occurrences.error = errors.id
   order by id desc limit 1),
  severity
);
update errors set last_critical = last_seen where severity >= 50;
update errors set muted_at = (
  select max(time) from history where history.error = errors.id and action = 'muted'
) where state = 'muted';
-- Parts of the indexes of words are merged in small steps (merge_words.ts). By itself FTS5 does it in one piece, as large as the
-- index, within somebody's write: the journal took a third of a small store then.
insert into logs_words (logs_words, rank) values ('automerge', 0);
insert into logs_words (logs_words, rank) values ('crisismerge', 1000);
insert into logs_words (logs_words, rank) values ('usermerge', 8);
insert into occurrences_words (occurrences_words, rank) values ('automerge', 0);
insert into occurrences_words (occurrences_words, rank) values ('crisismerge', 1000);
insert into occurrences_words (occurrences_words, rank) values ('usermerge', 8);

-- What stood in it.

insert into errors (id, uid, state, type, message, svc_name, route, severity, location, count, kept, oldest_kept, first_seen, last_seen, first_release, last_release, resolved_at, resolved_in, came_back, muted_until, muted_count, last_error_id, bytes, last_critical, muted_at) values
(1, '01a21f06-7a14-7553-b7c5-7e9f39dcf2ca', 'open', 'TypeError', 'Order 18 not found', '/home', '/', 40, 'handler (modules/home.ts)', 3, 3, 1795161600000000, 1795161600000, 1795165200002, null, 'r1', null, null, 0, null, null, '01a21f06-7a0b-7ef3-a244-1ee254017f7b', 1361, null, null),
(2, '01a21f06-7a15-79de-a7b7-af558b3ae21a', 'open', 'TypeError', 'timeout after 30 s', 'shop', '/', 50, 'handler (modules/home.ts)', 1, 1, 1795165200004000, 1795165200004, 1795165200004, 'r1', 'r1', null, null, 0, null, null, '01a21f06-7a0b-744f-becc-f0b4838b7200', 474, 1795165200004, null),
(3, '01a21f06-7a16-778c-9345-8697d1b5b574', 'open', 'TypeError', 'to be merged', '/home', '/', 40, 'handler (modules/home.ts)', 2, 2, 1795165200005000, 1795165200005, 1795165200008, 'r1', 'r1', null, null, 0, null, null, '01a21f06-7a0b-79d8-a885-3cfbb3b9adbf', 882, null, null),
(4, '01a21f06-7a16-7d70-abe1-45ffadc84e30', 'muted', 'TypeError', 'muted thing', '/home', '/', 40, 'handler (modules/home.ts)', 1, 1, 1795165200006000, 1795165200006, 1795165200006, 'r1', 'r1', null, null, 0, 1802941200000, null, '01a21f06-7a0b-7dea-a826-db71e9e69b63', 450, null, 1795816847905),
(5, '01a21f06-7a16-7d04-9399-c477bed2daba', 'resolved', 'TypeError', 'resolved "thing"', '/home', '/', 40, 'handler (modules/home.ts)', 2, 2, 1795165200007000, 1795165200007, 1795165200010, 'r1', 'r3', 1795816847903, 'r2', 0, null, null, '01a21f06-7b67-7c8e-a57b-ccf5b2b1aaf7', 923, null, null),
(7, '01a21f06-7a18-7c3c-8860-5976394a6b07', 'muted', 'TypeError', 'muted for so many', '/home', '/', 40, 'handler (modules/home.ts)', 2, 2, 1795165200009000, 1795165200009, 1795165200011, 'r1', 'r1', null, null, 0, null, null, '01a21f06-7b67-76be-a98e-405dbd98ed26', 921, null, 1795816847905),
(8, '01a21f06-7a25-726d-9945-63128562306e', 'open', 'TypeError', 'no cart', '/home', '/', 40, 'handler (modules/home.ts)', 2, 2, 1795165200003000, 1795165200003, 1795165200012, 'r1', 'r1', null, null, 0, null, null, '01a21f06-7b67-7ed9-9396-e336dda683a1', 870, null, null);

insert into error_keys (key, error, rule, parts, split_from, variant) values
('a', 1, 'frames', '["TypeError","a"]', null, null),
('b', 2, 'frames', '["TypeError","b"]', null, null),
('c', 3, 'frames', '["TypeError","c"]', null, null),
('d', 4, 'frames', '["TypeError","d"]', null, null),
('e', 5, 'frames', '["TypeError","e"]', null, null),
('e7cf1ce5a9d31d1da014a4df3fb68b57', 8, 'frames', '["TypeError","a","variant: no cart"]', 'a', 'no cart'),
('f', 3, 'frames', '["TypeError","f"]', null, null),
('m', 7, 'frames', '["TypeError","m"]', null, null);

insert into error_aliases (uid, error) values
('01a21f06-7a18-7729-8841-97f2173150b3', 3);

insert into alerts_sent (error, time, kind, noted_at, due_at, message_id, is_summary, tries) values
(1, 1795816848231, null, 1795816847893, 1795816867912, '01a21f06-7a28-7121-bd89-201a8ad88096', 0, 1),
(2, 0, 'new', 1795816847894, 1795816847894, null, 0, 0),
(3, 0, 'new', 1795816847894, 1795816847894, null, 0, 0),
(4, 0, 'new', 1795816847894, 1795816847894, null, 0, 0),
(5, 0, 'new', 1795816847896, 1795816847896, null, 0, 0),
(7, 0, 'new', 1795816847896, 1795816847896, null, 0, 0);

insert into occurrences (id, error, error_id, line) values
(1795161600000000, 1, '01a21f06-7a1a-7e69-8cae-e3aa12f7df3a', '{"time":"2026-11-20T08:00:00.000Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: Order 3 not found","request_id":"01a21f06-7a1a-7a2a-94d0-c6e39256d983","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-7be7-b084-6a755b952285","seq":1,"instance":"host-1:42","error_id":"01a21f06-7a1a-7e69-8cae-e3aa12f7df3a","status":500,"error":{"type":"TypeError","message":"Order 3 not found"}}'),
(1795165200000000, 1, '01a21f06-7a0a-7ba7-b7d2-00d3f3569f09', '{"time":"2026-11-20T09:00:00.000Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: Order 17 not found","request_id":"01a21f06-7a0b-7f2e-8627-363069df1c66","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":1,"instance":"host-1:42","error_id":"01a21f06-7a0a-7ba7-b7d2-00d3f3569f09","status":500,"error":{"type":"TypeError","message":"Order 17 not found"},"release":"r1"}'),
(1795165200002000, 1, '01a21f06-7a0b-7ef3-a244-1ee254017f7b', '{"time":"2026-11-20T09:00:00.002Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: Order 18 not found","request_id":"01a21f06-7a0b-78fe-ac41-04c642cb3a73","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":3,"instance":"host-1:42","error_id":"01a21f06-7a0b-7ef3-a244-1ee254017f7b","status":500,"error":{"type":"TypeError","message":"Order 18 not found"},"release":"r1"}'),
(1795165200003000, 8, '01a21f06-7a0b-7e92-bc19-c7fb5f050961', '{"time":"2026-11-20T09:00:00.003Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: no cart","request_id":"01a21f06-7a0b-774f-ab0e-4ae98b59c042","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":4,"instance":"host-1:42","error_id":"01a21f06-7a0b-7e92-bc19-c7fb5f050961","status":500,"error":{"type":"TypeError","message":"no cart"},"release":"r1"}'),
(1795165200004000, 2, '01a21f06-7a0b-744f-becc-f0b4838b7200', '{"time":"2026-11-20T09:00:00.004Z","level":"CRITICAL","severity":50,"svc_name":"shop","message":"GET / failed: timeout after 30 s","request_id":"01a21f06-7a0b-7156-b24f-0a3d8e1b0d5e","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":5,"instance":"host-1:42","error_id":"01a21f06-7a0b-744f-becc-f0b4838b7200","status":500,"error":{"type":"TypeError","message":"timeout after 30 s"},"release":"r1"}'),
(1795165200005000, 3, '01a21f06-7a0b-72e2-a364-e5c7fe592a4e', '{"time":"2026-11-20T09:00:00.005Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: gone","request_id":"01a21f06-7a0b-7fcf-b0d0-69845003ba45","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":6,"instance":"host-1:42","error_id":"01a21f06-7a0b-72e2-a364-e5c7fe592a4e","status":500,"error":{"type":"TypeError","message":"gone"},"release":"r1"}'),
(1795165200006000, 4, '01a21f06-7a0b-7dea-a826-db71e9e69b63', '{"time":"2026-11-20T09:00:00.006Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: muted thing","request_id":"01a21f06-7a0b-7e7b-ba6a-3797bf329508","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":7,"instance":"host-1:42","error_id":"01a21f06-7a0b-7dea-a826-db71e9e69b63","status":500,"error":{"type":"TypeError","message":"muted thing"},"release":"r1"}'),
(1795165200007000, 5, '01a21f06-7a0b-7446-8182-6a2d9ab4f7ec', '{"time":"2026-11-20T09:00:00.007Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: resolved \"thing\"","request_id":"01a21f06-7a0b-76ad-9bb6-4f1bbcb986d1","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":8,"instance":"host-1:42","error_id":"01a21f06-7a0b-7446-8182-6a2d9ab4f7ec","status":500,"error":{"type":"TypeError","message":"resolved \"thing\""},"release":"r1"}'),
(1795165200008000, 3, '01a21f06-7a0b-79d8-a885-3cfbb3b9adbf', '{"time":"2026-11-20T09:00:00.008Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: to be merged","request_id":"01a21f06-7a0f-7a04-aff5-0b3491fa927c","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":9,"instance":"host-1:42","error_id":"01a21f06-7a0b-79d8-a885-3cfbb3b9adbf","status":500,"error":{"type":"TypeError","message":"to be merged"},"release":"r1"}'),
(1795165200009000, 7, '01a21f06-7a10-78da-8df3-7db4caadeea4', '{"time":"2026-11-20T09:00:00.009Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: muted for so many","request_id":"01a21f06-7a10-771c-8d1c-aeefa23fc8b3","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":10,"instance":"host-1:42","error_id":"01a21f06-7a10-78da-8df3-7db4caadeea4","status":500,"error":{"type":"TypeError","message":"muted for so many"},"release":"r1"}'),
(1795165200010000, 5, '01a21f06-7b67-7c8e-a57b-ccf5b2b1aaf7', '{"time":"2026-11-20T09:00:00.010Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: resolved \"thing\"","request_id":"01a21f06-7b67-7348-bd76-e2f1a91f5b19","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":11,"instance":"host-1:42","error_id":"01a21f06-7b67-7c8e-a57b-ccf5b2b1aaf7","status":500,"error":{"type":"TypeError","message":"resolved \"thing\""},"release":"r3"}'),
(1795165200011000, 7, '01a21f06-7b67-76be-a98e-405dbd98ed26', '{"time":"2026-11-20T09:00:00.011Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: muted for so many","request_id":"01a21f06-7b67-7fee-b748-ec0092cb5c85","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":12,"instance":"host-1:42","error_id":"01a21f06-7b67-76be-a98e-405dbd98ed26","status":500,"error":{"type":"TypeError","message":"muted for so many"},"release":"r1"}'),
(1795165200012000, 8, '01a21f06-7b67-7ed9-9396-e336dda683a1', '{"time":"2026-11-20T09:00:00.012Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: no cart","request_id":"01a21f06-7b67-7ed6-ab3d-48905f6ef3b2","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":13,"instance":"host-1:42","error_id":"01a21f06-7b67-7ed9-9396-e336dda683a1","status":500,"error":{"type":"TypeError","message":"no cart"},"release":"r1"}');

insert into variants (error, message, count) values
(1, 'Order <n> not found', 3),
(2, 'timeout after <n> s', 1),
(3, 'gone', 1),
(3, 'to be merged', 1),
(4, 'muted thing', 1),
(5, 'resolved "thing"', 2),
(7, 'muted for so many', 2),
(8, 'no cart', 2);

insert into hours (error, hour, count) values
(1, 498656, 1),
(1, 498657, 2),
(2, 498657, 1),
(3, 498657, 2),
(4, 498657, 1),
(5, 498657, 2),
(7, 498657, 2),
(8, 498657, 2);

insert into services (svc_name, hour, opened) values
('/home', 498838, 6),
('shop', 498838, 1);

insert into history (id, error, time, action, actor, note) values
(1, 1, 1795165200000, 'opened', 'holdfast', 'in release r1'),
(2, 2, 1795165200004, 'opened', 'holdfast', 'in release r1'),
(3, 3, 1795165200005, 'opened', 'holdfast', 'in release r1'),
(4, 4, 1795165200006, 'opened', 'holdfast', 'in release r1'),
(5, 5, 1795165200007, 'opened', 'holdfast', 'in release r1'),
(6, 3, 1795165200008, 'opened', 'holdfast', 'in release r1'),
(7, 7, 1795165200009, 'opened', 'holdfast', 'in release r1'),
(8, 2, 1795816847903, 'noted', 'ada', 'look at the pool'),
(9, 5, 1795816847905, 'resolved', 'ada', 'in release r2'),
(10, 4, 1795816847905, 'muted', 'bob', 'until 2027-02-18T09:00:00.000Z'),
(11, 7, 1795816847905, 'muted', 'bob', ''),
(12, 3, 1795816847909, 'merged', 'ada', 'TypeError: to be merged (01a21f06-7a18-7729-8841-97f2173150b3, 1 times)'),
(13, 1, 1795816847912, 'split', 'ada', '"no cart" is an error of its own: 01a21f06-7a25-726d-9945-63128562306e'),
(14, 8, 1795816847912, 'split', 'ada', 'was a variant of 01a21f06-7a14-7553-b7c5-7e9f39dcf2ca');

insert into logs (id, boot, seq, error_key, line) values
(1795161600000000, 2, 1, 'a', '{"time":"2026-11-20T08:00:00.000Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: Order 3 not found","request_id":"01a21f06-7a1a-7a2a-94d0-c6e39256d983","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-7be7-b084-6a755b952285","seq":1,"instance":"host-1:42","error_id":"01a21f06-7a1a-7e69-8cae-e3aa12f7df3a","status":500,"error":{"type":"TypeError","message":"Order 3 not found"}}'),
(1795161600001000, 2, 2, null, '{"time":"2026-11-20T08:00:00.001Z","level":"INFO","severity":20,"svc_name":"/home","message":"GET / 200","request_id":"01a21f06-7a1a-727f-b1bf-40b92736bd7c","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-7be7-b084-6a755b952285","seq":2,"instance":"host-1:42"}'),
(1795165200000000, 1, 1, 'a', '{"time":"2026-11-20T09:00:00.000Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: Order 17 not found","request_id":"01a21f06-7a0b-7f2e-8627-363069df1c66","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":1,"instance":"host-1:42","error_id":"01a21f06-7a0a-7ba7-b7d2-00d3f3569f09","status":500,"error":{"type":"TypeError","message":"Order 17 not found"},"release":"r1"}'),
(1795165200001000, 1, 2, null, '{"time":"2026-11-20T09:00:00.001Z","level":"INFO","severity":20,"svc_name":"/home","message":"Café ''geöffnet''","request_id":"01a21f06-7a0b-779d-bf06-87af11133a2e","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":2,"instance":"host-1:42"}'),
(1795165200002000, 1, 3, 'a', '{"time":"2026-11-20T09:00:00.002Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: Order 18 not found","request_id":"01a21f06-7a0b-78fe-ac41-04c642cb3a73","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":3,"instance":"host-1:42","error_id":"01a21f06-7a0b-7ef3-a244-1ee254017f7b","status":500,"error":{"type":"TypeError","message":"Order 18 not found"},"release":"r1"}'),
(1795165200003000, 1, 4, 'a', '{"time":"2026-11-20T09:00:00.003Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: no cart","request_id":"01a21f06-7a0b-774f-ab0e-4ae98b59c042","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":4,"instance":"host-1:42","error_id":"01a21f06-7a0b-7e92-bc19-c7fb5f050961","status":500,"error":{"type":"TypeError","message":"no cart"},"release":"r1"}'),
(1795165200004000, 1, 5, 'b', '{"time":"2026-11-20T09:00:00.004Z","level":"CRITICAL","severity":50,"svc_name":"shop","message":"GET / failed: timeout after 30 s","request_id":"01a21f06-7a0b-7156-b24f-0a3d8e1b0d5e","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":5,"instance":"host-1:42","error_id":"01a21f06-7a0b-744f-becc-f0b4838b7200","status":500,"error":{"type":"TypeError","message":"timeout after 30 s"},"release":"r1"}'),
(1795165200005000, 1, 6, 'c', '{"time":"2026-11-20T09:00:00.005Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: gone","request_id":"01a21f06-7a0b-7fcf-b0d0-69845003ba45","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":6,"instance":"host-1:42","error_id":"01a21f06-7a0b-72e2-a364-e5c7fe592a4e","status":500,"error":{"type":"TypeError","message":"gone"},"release":"r1"}'),
(1795165200006000, 1, 7, 'd', '{"time":"2026-11-20T09:00:00.006Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: muted thing","request_id":"01a21f06-7a0b-7e7b-ba6a-3797bf329508","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":7,"instance":"host-1:42","error_id":"01a21f06-7a0b-7dea-a826-db71e9e69b63","status":500,"error":{"type":"TypeError","message":"muted thing"},"release":"r1"}'),
(1795165200007000, 1, 8, 'e', '{"time":"2026-11-20T09:00:00.007Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: resolved \"thing\"","request_id":"01a21f06-7a0b-76ad-9bb6-4f1bbcb986d1","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":8,"instance":"host-1:42","error_id":"01a21f06-7a0b-7446-8182-6a2d9ab4f7ec","status":500,"error":{"type":"TypeError","message":"resolved \"thing\""},"release":"r1"}'),
(1795165200008000, 1, 9, 'f', '{"time":"2026-11-20T09:00:00.008Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: to be merged","request_id":"01a21f06-7a0f-7a04-aff5-0b3491fa927c","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":9,"instance":"host-1:42","error_id":"01a21f06-7a0b-79d8-a885-3cfbb3b9adbf","status":500,"error":{"type":"TypeError","message":"to be merged"},"release":"r1"}'),
(1795165200009000, 1, 10, 'm', '{"time":"2026-11-20T09:00:00.009Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: muted for so many","request_id":"01a21f06-7a10-771c-8d1c-aeefa23fc8b3","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":10,"instance":"host-1:42","error_id":"01a21f06-7a10-78da-8df3-7db4caadeea4","status":500,"error":{"type":"TypeError","message":"muted for so many"},"release":"r1"}'),
(1795165200010000, 1, 11, 'e', '{"time":"2026-11-20T09:00:00.010Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: resolved \"thing\"","request_id":"01a21f06-7b67-7348-bd76-e2f1a91f5b19","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":11,"instance":"host-1:42","error_id":"01a21f06-7b67-7c8e-a57b-ccf5b2b1aaf7","status":500,"error":{"type":"TypeError","message":"resolved \"thing\""},"release":"r3"}'),
(1795165200011000, 1, 12, 'm', '{"time":"2026-11-20T09:00:00.011Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: muted for so many","request_id":"01a21f06-7b67-7fee-b748-ec0092cb5c85","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":12,"instance":"host-1:42","error_id":"01a21f06-7b67-76be-a98e-405dbd98ed26","status":500,"error":{"type":"TypeError","message":"muted for so many"},"release":"r1"}'),
(1795165200012000, 1, 13, 'a', '{"time":"2026-11-20T09:00:00.012Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: no cart","request_id":"01a21f06-7b67-7ed6-ab3d-48905f6ef3b2","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":13,"instance":"host-1:42","error_id":"01a21f06-7b67-7ed9-9396-e336dda683a1","status":500,"error":{"type":"TypeError","message":"no cart"},"release":"r1"}');

insert into boots (id, boot_id) values
(1, '01a21f06-7a0a-71b0-8114-aa0c689bb963'),
(2, '01a21f06-7a0a-7be7-b084-6a755b952285');

insert into late_logs (arrival, id) values
(1, 1795161600000000),
(2, 1795161600001000);

update log_count set rows = 15, newest = 1795165200012000, bytes = 6366;

insert into logs_words (rowid, words) values
(1795161600000000, 'GET / failed: Order 3 not found /home  GET /?user_type=guest TypeError  Order 3 not found  level svcname2home route2 id01a21f067a1a7a2a94d0c6e39256d983 id01a21f067a1a7e698caee3aa12f7df3a'),
(1795161600001000, 'GET / 200 /home  GET /?user_type=guest level svcname2home route2 id01a21f067a1a727fb1bf40b92736bd7c'),
(1795165200000000, 'GET / failed: Order 17 not found /home  GET /?user_type=guest r1 TypeError  Order 17 not found  level svcname2home route2 id01a21f067a0b7f2e8627363069df1c66 id01a21f067a0a7ba7b7d200d3f3569f09'),
(1795165200001000, 'Café ''geöffnet'' /home  GET /?user_type=guest level svcname2home route2 id01a21f067a0b779dbf0687af11133a2e'),
(1795165200002000, 'GET / failed: Order 18 not found /home  GET /?user_type=guest r1 TypeError  Order 18 not found  level svcname2home route2 id01a21f067a0b78feac4104c642cb3a73 id01a21f067a0b7ef3a2441ee254017f7b'),
(1795165200003000, 'GET / failed: no cart /home  GET /?user_type=guest r1 TypeError  no cart  level svcname2home route2 id01a21f067a0b774fab0e4ae98b59c042 id01a21f067a0b7e92bc19c7fb5f050961'),
(1795165200004000, 'GET / failed: timeout after 30 s shop  GET /?user_type=guest r1 TypeError  timeout after 30 s  level svcnameshop route2 id01a21f067a0b7156b24f0a3d8e1b0d5e id01a21f067a0b744fbeccf0b4838b7200'),
(1795165200005000, 'GET / failed: gone /home  GET /?user_type=guest r1 TypeError  gone  level svcname2home route2 id01a21f067a0b7fcfb0d069845003ba45 id01a21f067a0b72e2a364e5c7fe592a4e'),
(1795165200006000, 'GET / failed: muted thing /home  GET /?user_type=guest r1 TypeError  muted thing  level svcname2home route2 id01a21f067a0b7e7bba6a3797bf329508 id01a21f067a0b7deaa826db71e9e69b63'),
(1795165200007000, 'GET / failed: resolved "thing" /home  GET /?user_type=guest r1 TypeError  resolved "thing"  level svcname2home route2 id01a21f067a0b76ad9bb64f1bbcb986d1 id01a21f067a0b744681826a2d9ab4f7ec'),
(1795165200008000, 'GET / failed: to be merged /home  GET /?user_type=guest r1 TypeError  to be merged  level svcname2home route2 id01a21f067a0f7a04aff50b3491fa927c id01a21f067a0b79d8a8853cfbb3b9adbf'),
(1795165200009000, 'GET / failed: muted for so many /home  GET /?user_type=guest r1 TypeError  muted for so many  level svcname2home route2 id01a21f067a10771c8d1caeefa23fc8b3 id01a21f067a1078da8df37db4caadeea4'),
(1795165200010000, 'GET / failed: resolved "thing" /home  GET /?user_type=guest r3 TypeError  resolved "thing"  level svcname2home route2 id01a21f067b677348bd76e2f1a91f5b19 id01a21f067b677c8ea57bccf5b2b1aaf7'),
(1795165200011000, 'GET / failed: muted for so many /home  GET /?user_type=guest r1 TypeError  muted for so many  level svcname2home route2 id01a21f067b677feeb748ec0092cb5c85 id01a21f067b6776bea98e405dbd98ed26'),
(1795165200012000, 'GET / failed: no cart /home  GET /?user_type=guest r1 TypeError  no cart  level svcname2home route2 id01a21f067b677ed6ab3d48905f6ef3b2 id01a21f067b677ed99396e336dda683a1');

insert into occurrences_words (rowid, words) values
(1795161600000000, 'GET / failed: Order 3 not found /home  GET /?user_type=guest TypeError  Order 3 not found  level svcname2home route2 id01a21f067a1a7a2a94d0c6e39256d983 id01a21f067a1a7e698caee3aa12f7df3a'),
(1795165200000000, 'GET / failed: Order 17 not found /home  GET /?user_type=guest r1 TypeError  Order 17 not found  level svcname2home route2 id01a21f067a0b7f2e8627363069df1c66 id01a21f067a0a7ba7b7d200d3f3569f09'),
(1795165200002000, 'GET / failed: Order 18 not found /home  GET /?user_type=guest r1 TypeError  Order 18 not found  level svcname2home route2 id01a21f067a0b78feac4104c642cb3a73 id01a21f067a0b7ef3a2441ee254017f7b'),
(1795165200003000, 'GET / failed: no cart /home  GET /?user_type=guest r1 TypeError  no cart  level svcname2home route2 id01a21f067a0b774fab0e4ae98b59c042 id01a21f067a0b7e92bc19c7fb5f050961'),
(1795165200004000, 'GET / failed: timeout after 30 s shop  GET /?user_type=guest r1 TypeError  timeout after 30 s  level svcnameshop route2 id01a21f067a0b7156b24f0a3d8e1b0d5e id01a21f067a0b744fbeccf0b4838b7200'),
(1795165200005000, 'GET / failed: gone /home  GET /?user_type=guest r1 TypeError  gone  level svcname2home route2 id01a21f067a0b7fcfb0d069845003ba45 id01a21f067a0b72e2a364e5c7fe592a4e'),
(1795165200006000, 'GET / failed: muted thing /home  GET /?user_type=guest r1 TypeError  muted thing  level svcname2home route2 id01a21f067a0b7e7bba6a3797bf329508 id01a21f067a0b7deaa826db71e9e69b63'),
(1795165200007000, 'GET / failed: resolved "thing" /home  GET /?user_type=guest r1 TypeError  resolved "thing"  level svcname2home route2 id01a21f067a0b76ad9bb64f1bbcb986d1 id01a21f067a0b744681826a2d9ab4f7ec'),
(1795165200008000, 'GET / failed: to be merged /home  GET /?user_type=guest r1 TypeError  to be merged  level svcname2home route2 id01a21f067a0f7a04aff50b3491fa927c id01a21f067a0b79d8a8853cfbb3b9adbf'),
(1795165200009000, 'GET / failed: muted for so many /home  GET /?user_type=guest r1 TypeError  muted for so many  level svcname2home route2 id01a21f067a10771c8d1caeefa23fc8b3 id01a21f067a1078da8df37db4caadeea4'),
(1795165200010000, 'GET / failed: resolved "thing" /home  GET /?user_type=guest r3 TypeError  resolved "thing"  level svcname2home route2 id01a21f067b677348bd76e2f1a91f5b19 id01a21f067b677c8ea57bccf5b2b1aaf7'),
(1795165200011000, 'GET / failed: muted for so many /home  GET /?user_type=guest r1 TypeError  muted for so many  level svcname2home route2 id01a21f067b677feeb748ec0092cb5c85 id01a21f067b6776bea98e405dbd98ed26'),
(1795165200012000, 'GET / failed: no cart /home  GET /?user_type=guest r1 TypeError  no cart  level svcname2home route2 id01a21f067b677ed6ab3d48905f6ef3b2 id01a21f067b677ed99396e336dda683a1');

pragma application_id = 1752132708;
pragma user_version = 5;
