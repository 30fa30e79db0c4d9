-- A store of version 5 as it was made step by step, and what stood in it.

create schema holdfast;

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
-- One for each order of the list, by state. They hold what the list is filtered by, so that a page and its
-- totals are read in them alone: with 100,000 errors the table is five times as large. Every failure writes
-- them; it wrote the one before as well.
create index errors_by_state_last_seen on holdfast.errors (state, last_seen, id)
  include (svc_name, route, severity, first_release, last_release);
create index errors_by_state_first_seen on holdfast.errors (state, first_seen, id)
  include (svc_name, route, severity, first_release, last_release);
create index errors_by_state_count on holdfast.errors (state, count, id)
  include (svc_name, route, severity, first_release, last_release);

drop index holdfast.errors_by_last_seen;
-- What an error's occurrences and variants hold: the bytes of their lines and messages. The size limit
-- takes from the service that holds most. What `sizes` counts from now on is the lines of `logs` alone.
alter table holdfast.errors add column bytes bigint not null default 0;

with held as (
  select error, sum(bytes) as lines, sum(messages) as messages from (
    select error, octet_length(line) as bytes, 0 as messages from holdfast.occurrences
    union all
    select error, 0, octet_length(message) from holdfast.variants
  ) as parts group by error
), sized as (
  insert into holdfast.sizes as sizes (slot, rows, bytes)
  select -1, 0, -sum(lines) from held having count(*) > 0
  on conflict (slot) do update set bytes = sizes.bytes + excluded.bytes
)
update holdfast.errors set bytes = held.lines + held.messages from held where errors.id = held.error;

-- How many errors each service has opened in the hour it last opened one (hours since 1970). A service
-- without errors has no row, but for the hour that runs.
create table holdfast.services (
  svc_name text primary key,
  hour bigint not null,
  opened bigint not null
) with (fillfactor = 70);

insert into holdfast.services (svc_name, hour, opened)
select distinct svc_name, 0, 0 from holdfast.errors;
-- The level of an error is that of its newest occurrence; beside it stands when it was CRITICAL last.
-- What happened before a mute and arrives late does not end it.
alter table holdfast.errors
  add column last_critical bigint,
  add column muted_at bigint;

-- By the text: to read one field, PostgreSQL would decode them all, and refuse a NUL in any. The severity
-- stands before everything that others wrote.
update holdfast.errors set severity = coalesce(
  (select substring(line from '"severity":([0-9]+)')::integer from holdfast.occurrences
   where occurrences.error_id = errors.last_error_id and occurrences.error = errors.id
   order by time desc, id desc limit 1),
  severity
);
update holdfast.errors set last_critical = last_seen where severity >= 50;
update holdfast.errors set muted_at = (
  select max(time) from holdfast.history where history.error = errors.id and action = 'muted'
) where state = 'muted';

-- What stood in it.

insert into holdfast.errors (id, uid, state, type, message, svc_name, route, severity, location, count, kept, first_seen, last_seen, first_release, last_release, resolved_at, resolved_in, came_back, muted_until, muted_count, last_error_id, bytes, last_critical, muted_at) overriding system value values
(2, '01a21f06-8e25-78f0-90fd-85839eb6990b', 'open', 'TypeError', 'timeout after 30 s', 'shop', '/', 50, 'handler (modules/home.ts)', 1, 1, 1795165200004, 1795165200004, 'r1', 'r1', null, null, 0, null, null, '01a21f06-8ce6-71fa-b758-01b2cba0e441', 474, 1795165200004, null),
(4, '01a21f06-8e25-735c-aa09-5d43c5fa539b', 'muted', 'TypeError', 'muted thing', '/home', '/', 40, 'handler (modules/home.ts)', 1, 1, 1795165200006, 1795165200006, 'r1', 'r1', null, null, 0, 1802941200000, null, '01a21f06-8ce6-7441-b080-73e491e53624', 450, null, 1795816853101),
(3, '01a21f06-8e25-72a8-9b2e-aef0419d3bfc', 'open', 'TypeError', 'to be merged', '/home', '/', 40, 'handler (modules/home.ts)', 2, 2, 1795165200005, 1795165200008, 'r1', 'r1', null, null, 0, null, null, '01a21f06-8ce6-7001-93a8-d2cb1226bff5', 882, null, null),
(1, '01a21f06-8e25-72ec-aba1-df617b86025c', 'open', 'TypeError', 'Order 18 not found', '/home', '/', 40, 'handler (modules/home.ts)', 3, 3, 1795161600000, 1795165200002, null, 'r1', null, null, 0, null, null, '01a21f06-8ce6-7c13-9ff7-5f3100012f17', 1361, null, null),
(5, '01a21f06-8e25-72aa-a4d2-2f7fb4e2f0bb', 'resolved', 'TypeError', 'resolved "thing"', '/home', '/', 40, 'handler (modules/home.ts)', 2, 2, 1795165200007, 1795165200010, 'r1', 'r3', 1795816853099, 'r2', 0, null, null, '01a21f06-8ebc-7fbf-a65e-9cbe9364e9bc', 923, null, null),
(7, '01a21f06-8e25-7db6-99f5-fa889b6cfaf4', 'muted', 'TypeError', 'muted for so many', '/home', '/', 40, 'handler (modules/home.ts)', 2, 2, 1795165200009, 1795165200011, 'r1', 'r1', null, null, 0, null, null, '01a21f06-8ebc-7d8b-9932-b1629d61bdb3', 921, null, 1795816853103),
(8, '01a21f06-8e92-70aa-816a-6cbb769356ac', 'open', 'TypeError', 'no cart', '/home', '/', 40, 'handler (modules/home.ts)', 2, 2, 1795165200003, 1795165200012, 'r1', 'r1', null, null, 0, null, null, '01a21f06-8ebc-7e40-9de7-de739858bf59', 870, null, null);

insert into holdfast.error_keys (key, error, rule, parts, split_from, variant) values
('a', 1, 'frames', '["TypeError","a"]', null, null),
('b', 2, 'frames', '["TypeError","b"]', null, null),
('c', 3, 'frames', '["TypeError","c"]', null, null),
('d', 4, 'frames', '["TypeError","d"]', null, null),
('e', 5, 'frames', '["TypeError","e"]', null, null),
('m', 7, 'frames', '["TypeError","m"]', null, null),
('f', 3, 'frames', '["TypeError","f"]', null, null),
('e7cf1ce5a9d31d1da014a4df3fb68b57', 8, 'frames', '["TypeError","a","variant: no cart"]', 'a', 'no cart');

insert into holdfast.error_aliases (uid, error) values
('01a21f06-8e25-71c2-89f1-b6e6ae98f724', 3);

insert into holdfast.alerts_sent (error, time, kind, noted_at, due_at, message_id, is_summary, tries) values
(2, 0, 'new', 1795816853039, 1795816853039, null, 0, 0),
(3, 0, 'new', 1795816853039, 1795816853039, null, 0, 0),
(4, 0, 'new', 1795816853039, 1795816853039, null, 0, 0),
(5, 0, 'new', 1795816853039, 1795816853039, null, 0, 0),
(7, 0, 'new', 1795816853039, 1795816853039, null, 0, 0),
(1, 1795816853174, null, 1795816853039, 1795816873157, '01a21f06-8eae-70ea-8016-8c417c3e37cc', 0, 1);

insert into holdfast.occurrences (error, time, id, error_id, line, words) values
(1, 1795165200000, 1, '01a21f06-8ce6-7613-95ba-882aed2eef17', '{"time":"2026-11-20T09:00:00.000Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: Order 17 not found","request_id":"01a21f06-8ce6-799a-8fc4-014124cdb8cc","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":1,"instance":"host-1:42","error_id":"01a21f06-8ce6-7613-95ba-882aed2eef17","status":500,"error":{"type":"TypeError","message":"Order 17 not found"},"release":"r1"}', '''17'':4,15,20 ''failed'':2 ''found'':6,17,22 ''get'':1,8 ''guest'':11 ''handler'':23 ''home'':7,25 ''id01a21f068ce6761395ba882aed2eef17'':31 ''id01a21f068ce6799a8fc4014124cdb8cc'':30 ''level'':27 ''modules'':24 ''not'':5,16,21 ''order'':3,14,19 ''r1'':12 ''route2'':29 ''svcname2home'':28 ''ts'':26 ''type'':10 ''typeerror'':13,18 ''user'':9'),
(1, 1795165200002, 3, '01a21f06-8ce6-7c13-9ff7-5f3100012f17', '{"time":"2026-11-20T09:00:00.002Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: Order 18 not found","request_id":"01a21f06-8ce6-7f1b-ad68-1a82eb705adb","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":3,"instance":"host-1:42","error_id":"01a21f06-8ce6-7c13-9ff7-5f3100012f17","status":500,"error":{"type":"TypeError","message":"Order 18 not found"},"release":"r1"}', '''18'':4,15,20 ''failed'':2 ''found'':6,17,22 ''get'':1,8 ''guest'':11 ''handler'':23 ''home'':7,25 ''id01a21f068ce67c139ff75f3100012f17'':31 ''id01a21f068ce67f1bad681a82eb705adb'':30 ''level'':27 ''modules'':24 ''not'':5,16,21 ''order'':3,14,19 ''r1'':12 ''route2'':29 ''svcname2home'':28 ''ts'':26 ''type'':10 ''typeerror'':13,18 ''user'':9'),
(2, 1795165200004, 5, '01a21f06-8ce6-71fa-b758-01b2cba0e441', '{"time":"2026-11-20T09:00:00.004Z","level":"CRITICAL","severity":50,"svc_name":"shop","message":"GET / failed: timeout after 30 s","request_id":"01a21f06-8ce6-73f7-a20f-c94e42e40d7e","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":5,"instance":"host-1:42","error_id":"01a21f06-8ce6-71fa-b758-01b2cba0e441","status":500,"error":{"type":"TypeError","message":"timeout after 30 s"},"release":"r1"}', '''30'':5,16,21 ''after'':4,15,20 ''failed'':2 ''get'':1,8 ''guest'':11 ''handler'':23 ''home'':25 ''id01a21f068ce671fab75801b2cba0e441'':31 ''id01a21f068ce673f7a20fc94e42e40d7e'':30 ''level'':27 ''modules'':24 ''r1'':12 ''route2'':29 ''s'':6,17,22 ''shop'':7 ''svcnameshop'':28 ''timeout'':3,14,19 ''ts'':26 ''type'':10 ''typeerror'':13,18 ''user'':9'),
(3, 1795165200005, 6, '01a21f06-8ce6-76fe-85b2-05ec769f2767', '{"time":"2026-11-20T09:00:00.005Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: gone","request_id":"01a21f06-8ce6-74af-a01f-2b07d5ae955d","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":6,"instance":"host-1:42","error_id":"01a21f06-8ce6-76fe-85b2-05ec769f2767","status":500,"error":{"type":"TypeError","message":"gone"},"release":"r1"}', '''failed'':2 ''get'':1,5 ''gone'':3,11,13 ''guest'':8 ''handler'':14 ''home'':4,16 ''id01a21f068ce674afa01f2b07d5ae955d'':21 ''id01a21f068ce676fe85b205ec769f2767'':22 ''level'':18 ''modules'':15 ''r1'':9 ''route2'':20 ''svcname2home'':19 ''ts'':17 ''type'':7 ''typeerror'':10,12 ''user'':6'),
(4, 1795165200006, 7, '01a21f06-8ce6-7441-b080-73e491e53624', '{"time":"2026-11-20T09:00:00.006Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: muted thing","request_id":"01a21f06-8ce6-76bf-9d8f-b37d6d2fce25","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":7,"instance":"host-1:42","error_id":"01a21f06-8ce6-7441-b080-73e491e53624","status":500,"error":{"type":"TypeError","message":"muted thing"},"release":"r1"}', '''failed'':2 ''get'':1,6 ''guest'':9 ''handler'':17 ''home'':5,19 ''id01a21f068ce67441b08073e491e53624'':25 ''id01a21f068ce676bf9d8fb37d6d2fce25'':24 ''level'':21 ''modules'':18 ''muted'':3,12,15 ''r1'':10 ''route2'':23 ''svcname2home'':22 ''thing'':4,13,16 ''ts'':20 ''type'':8 ''typeerror'':11,14 ''user'':7'),
(5, 1795165200007, 8, '01a21f06-8ce6-786b-8efc-d33f46d04a89', '{"time":"2026-11-20T09:00:00.007Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: resolved \"thing\"","request_id":"01a21f06-8ce6-7214-b064-920515179939","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":8,"instance":"host-1:42","error_id":"01a21f06-8ce6-786b-8efc-d33f46d04a89","status":500,"error":{"type":"TypeError","message":"resolved \"thing\""},"release":"r1"}', '''failed'':2 ''get'':1,6 ''guest'':9 ''handler'':17 ''home'':5,19 ''id01a21f068ce67214b064920515179939'':24 ''id01a21f068ce6786b8efcd33f46d04a89'':25 ''level'':21 ''modules'':18 ''r1'':10 ''resolved'':3,12,15 ''route2'':23 ''svcname2home'':22 ''thing'':4,13,16 ''ts'':20 ''type'':8 ''typeerror'':11,14 ''user'':7'),
(8, 1795165200003, 4, '01a21f06-8ce6-79f0-b0f5-5ebd4e569f53', '{"time":"2026-11-20T09:00:00.003Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: no cart","request_id":"01a21f06-8ce6-7a50-b3b2-af8c1cac3820","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":4,"instance":"host-1:42","error_id":"01a21f06-8ce6-79f0-b0f5-5ebd4e569f53","status":500,"error":{"type":"TypeError","message":"no cart"},"release":"r1"}', '''cart'':4,13,16 ''failed'':2 ''get'':1,6 ''guest'':9 ''handler'':17 ''home'':5,19 ''id01a21f068ce679f0b0f55ebd4e569f53'':25 ''id01a21f068ce67a50b3b2af8c1cac3820'':24 ''level'':21 ''modules'':18 ''no'':3,12,15 ''r1'':10 ''route2'':23 ''svcname2home'':22 ''ts'':20 ''type'':8 ''typeerror'':11,14 ''user'':7'),
(7, 1795165200009, 10, '01a21f06-8ce6-7ebf-84c7-1772dae42418', '{"time":"2026-11-20T09:00:00.009Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: muted for so many","request_id":"01a21f06-8ce6-7947-a683-3d146c8ee215","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":10,"instance":"host-1:42","error_id":"01a21f06-8ce6-7ebf-84c7-1772dae42418","status":500,"error":{"type":"TypeError","message":"muted for so many"},"release":"r1"}', '''failed'':2 ''for'':4,15,20 ''get'':1,8 ''guest'':11 ''handler'':23 ''home'':7,25 ''id01a21f068ce67947a6833d146c8ee215'':30 ''id01a21f068ce67ebf84c71772dae42418'':31 ''level'':27 ''many'':6,17,22 ''modules'':24 ''muted'':3,14,19 ''r1'':12 ''route2'':29 ''so'':5,16,21 ''svcname2home'':28 ''ts'':26 ''type'':10 ''typeerror'':13,18 ''user'':9'),
(1, 1795161600000, 11, '01a21f06-8e41-7e0f-8b2b-ddd8f52dde68', '{"time":"2026-11-20T08:00:00.000Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: Order 3 not found","request_id":"01a21f06-8e41-7232-9d77-f200d7354460","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-7782-8f05-23156bfa6d9e","seq":1,"instance":"host-1:42","error_id":"01a21f06-8e41-7e0f-8b2b-ddd8f52dde68","status":500,"error":{"type":"TypeError","message":"Order 3 not found"}}', '''3'':4,14,19 ''failed'':2 ''found'':6,16,21 ''get'':1,8 ''guest'':11 ''handler'':22 ''home'':7,24 ''id01a21f068e4172329d77f200d7354460'':29 ''id01a21f068e417e0f8b2bddd8f52dde68'':30 ''level'':26 ''modules'':23 ''not'':5,15,20 ''order'':3,13,18 ''route2'':28 ''svcname2home'':27 ''ts'':25 ''type'':10 ''typeerror'':12,17 ''user'':9'),
(3, 1795165200008, 9, '01a21f06-8ce6-7001-93a8-d2cb1226bff5', '{"time":"2026-11-20T09:00:00.008Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: to be merged","request_id":"01a21f06-8ce6-7fc7-b5b1-a9978d100975","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":9,"instance":"host-1:42","error_id":"01a21f06-8ce6-7001-93a8-d2cb1226bff5","status":500,"error":{"type":"TypeError","message":"to be merged"},"release":"r1"}', '''be'':4,14,18 ''failed'':2 ''get'':1,7 ''guest'':10 ''handler'':20 ''home'':6,22 ''id01a21f068ce6700193a8d2cb1226bff5'':28 ''id01a21f068ce67fc7b5b1a9978d100975'':27 ''level'':24 ''merged'':5,15,19 ''modules'':21 ''r1'':11 ''route2'':26 ''svcname2home'':25 ''to'':3,13,17 ''ts'':23 ''type'':9 ''typeerror'':12,16 ''user'':8'),
(5, 1795165200010, 13, '01a21f06-8ebc-7fbf-a65e-9cbe9364e9bc', '{"time":"2026-11-20T09:00:00.010Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: resolved \"thing\"","request_id":"01a21f06-8ebc-740d-84a7-151584892c7d","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":11,"instance":"host-1:42","error_id":"01a21f06-8ebc-7fbf-a65e-9cbe9364e9bc","status":500,"error":{"type":"TypeError","message":"resolved \"thing\""},"release":"r3"}', '''failed'':2 ''get'':1,6 ''guest'':9 ''handler'':17 ''home'':5,19 ''id01a21f068ebc740d84a7151584892c7d'':24 ''id01a21f068ebc7fbfa65e9cbe9364e9bc'':25 ''level'':21 ''modules'':18 ''r3'':10 ''resolved'':3,12,15 ''route2'':23 ''svcname2home'':22 ''thing'':4,13,16 ''ts'':20 ''type'':8 ''typeerror'':11,14 ''user'':7'),
(7, 1795165200011, 14, '01a21f06-8ebc-7d8b-9932-b1629d61bdb3', '{"time":"2026-11-20T09:00:00.011Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: muted for so many","request_id":"01a21f06-8ebc-7b82-a594-79f9547d5d4b","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":12,"instance":"host-1:42","error_id":"01a21f06-8ebc-7d8b-9932-b1629d61bdb3","status":500,"error":{"type":"TypeError","message":"muted for so many"},"release":"r1"}', '''failed'':2 ''for'':4,15,20 ''get'':1,8 ''guest'':11 ''handler'':23 ''home'':7,25 ''id01a21f068ebc7b82a59479f9547d5d4b'':30 ''id01a21f068ebc7d8b9932b1629d61bdb3'':31 ''level'':27 ''many'':6,17,22 ''modules'':24 ''muted'':3,14,19 ''r1'':12 ''route2'':29 ''so'':5,16,21 ''svcname2home'':28 ''ts'':26 ''type'':10 ''typeerror'':13,18 ''user'':9'),
(8, 1795165200012, 15, '01a21f06-8ebc-7e40-9de7-de739858bf59', '{"time":"2026-11-20T09:00:00.012Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: no cart","request_id":"01a21f06-8ebd-7deb-9c5b-4ebc79ec04c0","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":13,"instance":"host-1:42","error_id":"01a21f06-8ebc-7e40-9de7-de739858bf59","status":500,"error":{"type":"TypeError","message":"no cart"},"release":"r1"}', '''cart'':4,13,16 ''failed'':2 ''get'':1,6 ''guest'':9 ''handler'':17 ''home'':5,19 ''id01a21f068ebc7e409de7de739858bf59'':25 ''id01a21f068ebd7deb9c5b4ebc79ec04c0'':24 ''level'':21 ''modules'':18 ''no'':3,12,15 ''r1'':10 ''route2'':23 ''svcname2home'':22 ''ts'':20 ''type'':8 ''typeerror'':11,14 ''user'':7');

insert into holdfast.variants (error, digest, message, count) values
(2, '0928edb89a569a7e4137e450c44fd4c7', 'timeout after <n> s', 1),
(3, '50c1f58be7f5e47e0f53d64c094783c2', 'gone', 1),
(4, '6ac72778e1e68441c1bb119dcd8b2a54', 'muted thing', 1),
(1, 'a743f620c90017393869332ae84050e9', 'Order <n> not found', 3),
(3, '8fe653590e4af917b8e6c2c336598293', 'to be merged', 1),
(5, '702443dc1f972969c48ec0a84d1018fc', 'resolved "thing"', 2),
(7, '5b612d3313039ff7ca020ebb5b49b722', 'muted for so many', 2),
(8, '2851ee28b758fbf8d010d07cb63548eb', 'no cart', 2);

insert into holdfast.hours (error, hour, count) values
(2, 498657, 1),
(4, 498657, 1),
(1, 498656, 1),
(3, 498657, 2),
(1, 498657, 2),
(5, 498657, 2),
(7, 498657, 2),
(8, 498657, 2);

insert into holdfast.services (svc_name, hour, opened) values
('/home', 498838, 6),
('shop', 498838, 1);

insert into holdfast.history (id, error, time, action, actor, note) overriding system value values
(1, 1, 1795165200000, 'opened', 'holdfast', 'in release r1'),
(2, 2, 1795165200004, 'opened', 'holdfast', 'in release r1'),
(3, 3, 1795165200005, 'opened', 'holdfast', 'in release r1'),
(4, 4, 1795165200006, 'opened', 'holdfast', 'in release r1'),
(5, 5, 1795165200007, 'opened', 'holdfast', 'in release r1'),
(7, 7, 1795165200009, 'opened', 'holdfast', 'in release r1'),
(8, 2, 1795816853098, 'noted', 'ada', 'look at the pool'),
(9, 5, 1795816853100, 'resolved', 'ada', 'in release r2'),
(10, 4, 1795816853102, 'muted', 'bob', 'until 2027-02-18T09:00:00.000Z'),
(11, 7, 1795816853103, 'muted', 'bob', ''),
(6, 3, 1795165200008, 'opened', 'holdfast', 'in release r1'),
(12, 3, 1795816853112, 'merged', 'ada', 'TypeError: to be merged (01a21f06-8e25-71c2-89f1-b6e6ae98f724, 1 times)'),
(13, 1, 1795816853156, 'split', 'ada', '"no cart" is an error of its own: 01a21f06-8e92-70aa-816a-6cbb769356ac'),
(14, 8, 1795816853156, 'split', 'ada', 'was a variant of 01a21f06-8e25-72ec-aba1-df617b86025c');

insert into holdfast.logs (time, id, boot, seq, error_key, error_id, line, words) overriding system value values
(1795165200000, 1, '01a21f06-8ce6-73be-8da6-51a6f739188c', 1, 'a', '01a21f06-8ce6-7613-95ba-882aed2eef17', '{"time":"2026-11-20T09:00:00.000Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: Order 17 not found","request_id":"01a21f06-8ce6-799a-8fc4-014124cdb8cc","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":1,"instance":"host-1:42","error_id":"01a21f06-8ce6-7613-95ba-882aed2eef17","status":500,"error":{"type":"TypeError","message":"Order 17 not found"},"release":"r1"}', '''17'':4,15,20 ''failed'':2 ''found'':6,17,22 ''get'':1,8 ''guest'':11 ''handler'':23 ''home'':7,25 ''id01a21f068ce6761395ba882aed2eef17'':31 ''id01a21f068ce6799a8fc4014124cdb8cc'':30 ''level'':27 ''modules'':24 ''not'':5,16,21 ''order'':3,14,19 ''r1'':12 ''route2'':29 ''svcname2home'':28 ''ts'':26 ''type'':10 ''typeerror'':13,18 ''user'':9'),
(1795165200001, 2, '01a21f06-8ce6-73be-8da6-51a6f739188c', 2, null, null, '{"time":"2026-11-20T09:00:00.001Z","level":"INFO","severity":20,"svc_name":"/home","message":"Café ''geöffnet''","request_id":"01a21f06-8ce6-7162-985b-f6348f123ace","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":2,"instance":"host-1:42"}', '''cafe'':1 ''geoffnet'':2 ''get'':4 ''guest'':7 ''home'':3 ''id01a21f068ce67162985bf6348f123ace'':11 ''level'':8 ''route2'':10 ''svcname2home'':9 ''type'':6 ''user'':5'),
(1795165200002, 3, '01a21f06-8ce6-73be-8da6-51a6f739188c', 3, 'a', '01a21f06-8ce6-7c13-9ff7-5f3100012f17', '{"time":"2026-11-20T09:00:00.002Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: Order 18 not found","request_id":"01a21f06-8ce6-7f1b-ad68-1a82eb705adb","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":3,"instance":"host-1:42","error_id":"01a21f06-8ce6-7c13-9ff7-5f3100012f17","status":500,"error":{"type":"TypeError","message":"Order 18 not found"},"release":"r1"}', '''18'':4,15,20 ''failed'':2 ''found'':6,17,22 ''get'':1,8 ''guest'':11 ''handler'':23 ''home'':7,25 ''id01a21f068ce67c139ff75f3100012f17'':31 ''id01a21f068ce67f1bad681a82eb705adb'':30 ''level'':27 ''modules'':24 ''not'':5,16,21 ''order'':3,14,19 ''r1'':12 ''route2'':29 ''svcname2home'':28 ''ts'':26 ''type'':10 ''typeerror'':13,18 ''user'':9'),
(1795165200003, 4, '01a21f06-8ce6-73be-8da6-51a6f739188c', 4, 'a', '01a21f06-8ce6-79f0-b0f5-5ebd4e569f53', '{"time":"2026-11-20T09:00:00.003Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: no cart","request_id":"01a21f06-8ce6-7a50-b3b2-af8c1cac3820","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":4,"instance":"host-1:42","error_id":"01a21f06-8ce6-79f0-b0f5-5ebd4e569f53","status":500,"error":{"type":"TypeError","message":"no cart"},"release":"r1"}', '''cart'':4,13,16 ''failed'':2 ''get'':1,6 ''guest'':9 ''handler'':17 ''home'':5,19 ''id01a21f068ce679f0b0f55ebd4e569f53'':25 ''id01a21f068ce67a50b3b2af8c1cac3820'':24 ''level'':21 ''modules'':18 ''no'':3,12,15 ''r1'':10 ''route2'':23 ''svcname2home'':22 ''ts'':20 ''type'':8 ''typeerror'':11,14 ''user'':7'),
(1795165200004, 5, '01a21f06-8ce6-73be-8da6-51a6f739188c', 5, 'b', '01a21f06-8ce6-71fa-b758-01b2cba0e441', '{"time":"2026-11-20T09:00:00.004Z","level":"CRITICAL","severity":50,"svc_name":"shop","message":"GET / failed: timeout after 30 s","request_id":"01a21f06-8ce6-73f7-a20f-c94e42e40d7e","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":5,"instance":"host-1:42","error_id":"01a21f06-8ce6-71fa-b758-01b2cba0e441","status":500,"error":{"type":"TypeError","message":"timeout after 30 s"},"release":"r1"}', '''30'':5,16,21 ''after'':4,15,20 ''failed'':2 ''get'':1,8 ''guest'':11 ''handler'':23 ''home'':25 ''id01a21f068ce671fab75801b2cba0e441'':31 ''id01a21f068ce673f7a20fc94e42e40d7e'':30 ''level'':27 ''modules'':24 ''r1'':12 ''route2'':29 ''s'':6,17,22 ''shop'':7 ''svcnameshop'':28 ''timeout'':3,14,19 ''ts'':26 ''type'':10 ''typeerror'':13,18 ''user'':9'),
(1795165200005, 6, '01a21f06-8ce6-73be-8da6-51a6f739188c', 6, 'c', '01a21f06-8ce6-76fe-85b2-05ec769f2767', '{"time":"2026-11-20T09:00:00.005Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: gone","request_id":"01a21f06-8ce6-74af-a01f-2b07d5ae955d","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":6,"instance":"host-1:42","error_id":"01a21f06-8ce6-76fe-85b2-05ec769f2767","status":500,"error":{"type":"TypeError","message":"gone"},"release":"r1"}', '''failed'':2 ''get'':1,5 ''gone'':3,11,13 ''guest'':8 ''handler'':14 ''home'':4,16 ''id01a21f068ce674afa01f2b07d5ae955d'':21 ''id01a21f068ce676fe85b205ec769f2767'':22 ''level'':18 ''modules'':15 ''r1'':9 ''route2'':20 ''svcname2home'':19 ''ts'':17 ''type'':7 ''typeerror'':10,12 ''user'':6'),
(1795165200006, 7, '01a21f06-8ce6-73be-8da6-51a6f739188c', 7, 'd', '01a21f06-8ce6-7441-b080-73e491e53624', '{"time":"2026-11-20T09:00:00.006Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: muted thing","request_id":"01a21f06-8ce6-76bf-9d8f-b37d6d2fce25","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":7,"instance":"host-1:42","error_id":"01a21f06-8ce6-7441-b080-73e491e53624","status":500,"error":{"type":"TypeError","message":"muted thing"},"release":"r1"}', '''failed'':2 ''get'':1,6 ''guest'':9 ''handler'':17 ''home'':5,19 ''id01a21f068ce67441b08073e491e53624'':25 ''id01a21f068ce676bf9d8fb37d6d2fce25'':24 ''level'':21 ''modules'':18 ''muted'':3,12,15 ''r1'':10 ''route2'':23 ''svcname2home'':22 ''thing'':4,13,16 ''ts'':20 ''type'':8 ''typeerror'':11,14 ''user'':7'),
(1795165200007, 8, '01a21f06-8ce6-73be-8da6-51a6f739188c', 8, 'e', '01a21f06-8ce6-786b-8efc-d33f46d04a89', '{"time":"2026-11-20T09:00:00.007Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: resolved \"thing\"","request_id":"01a21f06-8ce6-7214-b064-920515179939","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":8,"instance":"host-1:42","error_id":"01a21f06-8ce6-786b-8efc-d33f46d04a89","status":500,"error":{"type":"TypeError","message":"resolved \"thing\""},"release":"r1"}', '''failed'':2 ''get'':1,6 ''guest'':9 ''handler'':17 ''home'':5,19 ''id01a21f068ce67214b064920515179939'':24 ''id01a21f068ce6786b8efcd33f46d04a89'':25 ''level'':21 ''modules'':18 ''r1'':10 ''resolved'':3,12,15 ''route2'':23 ''svcname2home'':22 ''thing'':4,13,16 ''ts'':20 ''type'':8 ''typeerror'':11,14 ''user'':7'),
(1795165200008, 9, '01a21f06-8ce6-73be-8da6-51a6f739188c', 9, 'f', '01a21f06-8ce6-7001-93a8-d2cb1226bff5', '{"time":"2026-11-20T09:00:00.008Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: to be merged","request_id":"01a21f06-8ce6-7fc7-b5b1-a9978d100975","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":9,"instance":"host-1:42","error_id":"01a21f06-8ce6-7001-93a8-d2cb1226bff5","status":500,"error":{"type":"TypeError","message":"to be merged"},"release":"r1"}', '''be'':4,14,18 ''failed'':2 ''get'':1,7 ''guest'':10 ''handler'':20 ''home'':6,22 ''id01a21f068ce6700193a8d2cb1226bff5'':28 ''id01a21f068ce67fc7b5b1a9978d100975'':27 ''level'':24 ''merged'':5,15,19 ''modules'':21 ''r1'':11 ''route2'':26 ''svcname2home'':25 ''to'':3,13,17 ''ts'':23 ''type'':9 ''typeerror'':12,16 ''user'':8'),
(1795165200009, 10, '01a21f06-8ce6-73be-8da6-51a6f739188c', 10, 'm', '01a21f06-8ce6-7ebf-84c7-1772dae42418', '{"time":"2026-11-20T09:00:00.009Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: muted for so many","request_id":"01a21f06-8ce6-7947-a683-3d146c8ee215","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":10,"instance":"host-1:42","error_id":"01a21f06-8ce6-7ebf-84c7-1772dae42418","status":500,"error":{"type":"TypeError","message":"muted for so many"},"release":"r1"}', '''failed'':2 ''for'':4,15,20 ''get'':1,8 ''guest'':11 ''handler'':23 ''home'':7,25 ''id01a21f068ce67947a6833d146c8ee215'':30 ''id01a21f068ce67ebf84c71772dae42418'':31 ''level'':27 ''many'':6,17,22 ''modules'':24 ''muted'':3,14,19 ''r1'':12 ''route2'':29 ''so'':5,16,21 ''svcname2home'':28 ''ts'':26 ''type'':10 ''typeerror'':13,18 ''user'':9'),
(1795161600000, 11, '01a21f06-8ce6-7782-8f05-23156bfa6d9e', 1, 'a', '01a21f06-8e41-7e0f-8b2b-ddd8f52dde68', '{"time":"2026-11-20T08:00:00.000Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: Order 3 not found","request_id":"01a21f06-8e41-7232-9d77-f200d7354460","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-7782-8f05-23156bfa6d9e","seq":1,"instance":"host-1:42","error_id":"01a21f06-8e41-7e0f-8b2b-ddd8f52dde68","status":500,"error":{"type":"TypeError","message":"Order 3 not found"}}', '''3'':4,14,19 ''failed'':2 ''found'':6,16,21 ''get'':1,8 ''guest'':11 ''handler'':22 ''home'':7,24 ''id01a21f068e4172329d77f200d7354460'':29 ''id01a21f068e417e0f8b2bddd8f52dde68'':30 ''level'':26 ''modules'':23 ''not'':5,15,20 ''order'':3,13,18 ''route2'':28 ''svcname2home'':27 ''ts'':25 ''type'':10 ''typeerror'':12,17 ''user'':9'),
(1795161600001, 12, '01a21f06-8ce6-7782-8f05-23156bfa6d9e', 2, null, null, '{"time":"2026-11-20T08:00:00.001Z","level":"INFO","severity":20,"svc_name":"/home","message":"GET / 200","request_id":"01a21f06-8e41-7cdd-a69d-6840357aeb36","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-7782-8f05-23156bfa6d9e","seq":2,"instance":"host-1:42"}', '''200'':2 ''get'':1,4 ''guest'':7 ''home'':3 ''id01a21f068e417cdda69d6840357aeb36'':11 ''level'':8 ''route2'':10 ''svcname2home'':9 ''type'':6 ''user'':5'),
(1795165200010, 13, '01a21f06-8ce6-73be-8da6-51a6f739188c', 11, 'e', '01a21f06-8ebc-7fbf-a65e-9cbe9364e9bc', '{"time":"2026-11-20T09:00:00.010Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: resolved \"thing\"","request_id":"01a21f06-8ebc-740d-84a7-151584892c7d","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":11,"instance":"host-1:42","error_id":"01a21f06-8ebc-7fbf-a65e-9cbe9364e9bc","status":500,"error":{"type":"TypeError","message":"resolved \"thing\""},"release":"r3"}', '''failed'':2 ''get'':1,6 ''guest'':9 ''handler'':17 ''home'':5,19 ''id01a21f068ebc740d84a7151584892c7d'':24 ''id01a21f068ebc7fbfa65e9cbe9364e9bc'':25 ''level'':21 ''modules'':18 ''r3'':10 ''resolved'':3,12,15 ''route2'':23 ''svcname2home'':22 ''thing'':4,13,16 ''ts'':20 ''type'':8 ''typeerror'':11,14 ''user'':7'),
(1795165200011, 14, '01a21f06-8ce6-73be-8da6-51a6f739188c', 12, 'm', '01a21f06-8ebc-7d8b-9932-b1629d61bdb3', '{"time":"2026-11-20T09:00:00.011Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: muted for so many","request_id":"01a21f06-8ebc-7b82-a594-79f9547d5d4b","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":12,"instance":"host-1:42","error_id":"01a21f06-8ebc-7d8b-9932-b1629d61bdb3","status":500,"error":{"type":"TypeError","message":"muted for so many"},"release":"r1"}', '''failed'':2 ''for'':4,15,20 ''get'':1,8 ''guest'':11 ''handler'':23 ''home'':7,25 ''id01a21f068ebc7b82a59479f9547d5d4b'':30 ''id01a21f068ebc7d8b9932b1629d61bdb3'':31 ''level'':27 ''many'':6,17,22 ''modules'':24 ''muted'':3,14,19 ''r1'':12 ''route2'':29 ''so'':5,16,21 ''svcname2home'':28 ''ts'':26 ''type'':10 ''typeerror'':13,18 ''user'':9'),
(1795165200012, 15, '01a21f06-8ce6-73be-8da6-51a6f739188c', 13, 'a', '01a21f06-8ebc-7e40-9de7-de739858bf59', '{"time":"2026-11-20T09:00:00.012Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: no cart","request_id":"01a21f06-8ebd-7deb-9c5b-4ebc79ec04c0","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-8ce6-73be-8da6-51a6f739188c","seq":13,"instance":"host-1:42","error_id":"01a21f06-8ebc-7e40-9de7-de739858bf59","status":500,"error":{"type":"TypeError","message":"no cart"},"release":"r1"}', '''cart'':4,13,16 ''failed'':2 ''get'':1,6 ''guest'':9 ''handler'':17 ''home'':5,19 ''id01a21f068ebc7e409de7de739858bf59'':25 ''id01a21f068ebd7deb9c5b4ebc79ec04c0'':24 ''level'':21 ''modules'':18 ''no'':3,12,15 ''r1'':10 ''route2'':23 ''svcname2home'':22 ''ts'':20 ''type'':8 ''typeerror'':11,14 ''user'':7');

insert into holdfast.sizes (slot, rows, bytes) values
(3, 15, 6366);

insert into holdfast.versions (version) values
(1),
(2),
(3),
(4),
(5);

select setval(pg_get_serial_sequence('holdfast.errors', 'id'), (select max(id) from holdfast.errors));
select setval(pg_get_serial_sequence('holdfast.logs', 'id'), (select max(id) from holdfast.logs));
select setval(pg_get_serial_sequence('holdfast.history', 'id'), (select max(id) from holdfast.history));
