-- A store of version 7 as it was made at once, and what stood in it.
create table errors (
  id integer primary key autoincrement,
  uid text not null unique, -- the public id, a UUIDv7
  state text not null check (state in ('open', 'resolved', 'muted')),
  type text not null,
  message text not null,
  svc_name text not null,
  route text,
  severity integer not null, -- of the newest occurrence
  last_critical integer, -- when it was CRITICAL last
  location text not null,
  count integer not null, -- ever
  kept integer not null, -- rows in occurrences
  oldest_kept integer not null default 9007199254740991, -- the time of the oldest of these
  bytes integer not null default 0, -- of the lines in occurrences and the messages in variants
  first_seen integer not null,
  last_seen integer not null,
  first_release text,
  last_release text,
  resolved_at integer,
  resolved_in text, -- the release that fixes it
  resolved_rank integer, -- its number in releases, from when it was seen
  resolved_next integer not null default 0, -- 1: the first release that is seen after resolved_at fixes it
  proof_requests integer not null default 0, -- answers of the route on the release that fixed it
  proof_good integer not null default 0, -- of these, the ones that were no failure
  proof_failures integer not null default 0, -- of these, occurrences of this error
  proof_since integer, -- the time of the first of these
  proved_at integer,
  came_back_in text, -- the release in which it came back last
  assigned_to text, -- a person
  issue_url text, -- of an issue elsewhere
  came_back integer not null default 0,
  muted_at integer, -- what happened before it and arrives late does not end the mute
  muted_until integer,
  muted_count integer, -- the count at which a mute ends
  last_error_id text not null,
  users integer not null default 0, -- different ones, counted up to a bound: ../facets/facets_of.ts
  environments text not null default '[]' -- names as JSON
) strict;

create index errors_by_state_last_seen on errors (state, last_seen, id, svc_name, route, severity, first_release, last_release);
create index errors_by_state_first_seen on errors (state, first_seen, id, svc_name, route, severity, first_release, last_release);
create index errors_by_state_count on errors (state, count, id, svc_name, route, severity, first_release, last_release);
create index errors_by_came_back_in on errors (came_back_in)
  where came_back_in is not null;
create index errors_by_first_release on errors (first_release, svc_name)
  where first_release is not null;
create index errors_by_assigned_to on errors (assigned_to) where assigned_to is not null;

create index errors_to_prove on errors (svc_name, route, resolved_in)
  where resolved_at is not null and proved_at is null and route is not null;
create index errors_without_fix on errors (svc_name)
  where resolved_at is not null and resolved_rank is null
    and (resolved_next = 1 or resolved_in is not null);
create index errors_by_oldest_kept on errors (oldest_kept) where kept > 1;

-- Which error a fingerprint belongs to. To merge two errors is to point one's keys at the other. To
-- split a variant off is to add a key for it: made of a fingerprint and a masked message.
create table error_keys (
  key text primary key,
  error integer not null references errors (id) on delete cascade,
  rule text not null,
  parts text not null, -- JSON array
  split_from text, -- the fingerprint, where this is the key of a variant
  variant text -- the masked message
) strict, without rowid;

create index error_keys_by_error on error_keys (error);
create index error_keys_by_split on error_keys (split_from) where split_from is not null;

-- Public ids of errors that were merged: links to them go on working.
create table error_aliases (
  uid text primary key,
  error integer not null references errors (id) on delete cascade
) strict, without rowid;

create index error_aliases_by_error on error_aliases (error);

-- The line is the record as JSON. It stands here once more, so that it outlives the log.
create table occurrences (
  id integer primary key autoincrement,
  error integer not null references errors (id) on delete cascade,
  time integer not null,
  error_id text not null,
  line text not null,
  event_id text, -- that a client of another system gave it, unique within its service
  event_service text
) strict;

create unique index occurrences_by_event on occurrences (event_id, event_service)
  where event_id is not null;
create index occurrences_by_error on occurrences (error, time, id);
create index occurrences_by_error_id on occurrences (error_id);

-- A message may be longer than an index takes: its digest stands for it.
create table variants (
  error integer not null references errors (id) on delete cascade,
  digest text not null, -- MD5 of the message
  message text not null, -- masked
  count integer not null,
  primary key (error, digest)
) strict, without rowid;

-- An hour is a number of hours since 1970.
create table hours (
  error integer not null references errors (id) on delete cascade,
  hour integer not null,
  count integer not null,
  alarm_at integer, -- the count at which the error is rising, null where nobody has asked
  primary key (error, hour)
) strict, without rowid;

create index hours_by_hour on hours (hour);

-- How many errors each service has opened in the hour it last opened one. A service without errors has
-- no row, but for the hour that runs.
create table services (
  svc_name text primary key,
  hour integer not null,
  opened integer not null
) strict, without rowid;

create table history (
  id integer primary key autoincrement,
  error integer not null references errors (id) on delete cascade,
  time integer not null,
  action text not null,
  actor text not null,
  note text not null,
  occurrence text -- that it is about: its error_id
) strict;

create index history_by_error on history (error, id);

-- The index holds no text of its own. Its parts are merged in small steps (retention/merge_words.ts): by itself FTS5
-- does it in one piece, as large as the index, within somebody's write.
create virtual table occurrences_words using fts5 (
  words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
insert into occurrences_words (occurrences_words, rank) values ('automerge', 0);
insert into occurrences_words (occurrences_words, rank) values ('crisismerge', 1000);
insert into occurrences_words (occurrences_words, rank) values ('usermerge', 8);

-- The index knows no foreign key.
create trigger occurrences_gone after delete on occurrences begin
  delete from occurrences_words where rowid = old.id;
end;

-- Retention reads these, and no listing does: to read all errors would hold up the writes of this process.
create index errors_by_kept on errors (kept);
-- A statement must say "id > 0" to use it, so that no listing takes it for its own.
create index errors_by_service on errors (svc_name) where id > 0;

-- The log as it arrives: a row for each write, until it is sealed into a block.
create table log_tail (
  id integer primary key autoincrement,
  writer text not null, -- the instance that seals it
  written_at integer not null,
  first_write integer not null, -- the order of arrival: see writes.ts
  last_write integer not null,
  first_time integer not null,
  last_time integer not null,
  records integer not null,
  bytes integer not null,
  lines blob not null -- see lines.ts and codec.ts
) strict;

-- What a search must know of a block to pass over it.
create table log_blocks (
  id integer primary key autoincrement,
  svc_name text, -- null where several services share it
  worst integer not null, -- the worst level in it: see record.ts
  first_write integer not null,
  last_write integer not null,
  first_time integer not null,
  last_time integer not null,
  records integer not null,
  bytes integer not null -- of data and filter
) strict;

create index log_blocks_by_time on log_blocks (last_time, id);
create index log_blocks_by_write on log_blocks (last_write);
create index log_blocks_by_service on log_blocks (svc_name, last_time, id, bytes);

create table log_data (
  block integer primary key,
  data blob not null -- see codec.ts
) strict;

-- In rows of one stripe of all blocks, so that a search reads little: see filter.ts.
create table log_filters (
  stripe integer not null,
  block integer not null,
  bits blob not null,
  primary key (stripe, block)
) strict, without rowid;

-- Which records have been stored: a bit for each seq of a process, in parts.
create table log_seen (
  boot_id text not null,
  part integer not null,
  bits blob not null,
  seen_at integer not null,
  primary key (boot_id, part)
) strict, without rowid;

create index log_seen_by_age on log_seen (seen_at);

-- How many writes there were. Numbers below are those of records that a store of version 5 brought.
create table log_state (
  only integer primary key check (only = 1),
  writes integer not null
) strict;

insert into log_state values (1, 1000000000);

-- Who hears of what: a row for each service that a receiver is for. The empty service stands for all,
-- the empty receiver for those that are not known yet.
create table alert_receivers (
  receiver text not null, -- made of its address, which is a secret
  svc_name text not null,
  min_severity integer not null,
  seen_at integer not null, -- when a process last said that it sends to it
  primary key (receiver, svc_name)
) strict, without rowid;

insert into alert_receivers (receiver, svc_name, min_severity, seen_at)
values ('', '', 0, 0);

-- Of each kind of news about an error, for each receiver: what is still to be sent, and when it was
-- sent last. Noted by whoever opens the error, brings it back, counts it or proves it fixed.
create table alerts (
  error integer not null references errors (id) on delete cascade,
  kind text not null check (kind in ('new', 'back', 'rising', 'proved')),
  receiver text not null,
  time integer not null, -- of the last message, 0 where none was sent
  waits integer not null, -- 1: it is to be sent
  noted_at integer not null,
  due_at integer not null, -- not to be sent before
  message_id text, -- of the message about it, or of the one that was sent last
  is_summary integer not null default 0, -- whether that is a summary
  tries integer not null default 0, -- to send it
  primary key (error, kind, receiver)
) strict, without rowid;

create index alerts_waiting on alerts (receiver, noted_at) where waits = 1;
create index alerts_by_message on alerts (message_id)
  where waits = 1 and message_id is not null;
create index alerts_by_time on alerts (receiver, time);

-- A name is environment, release, user, or tag. and the tag's name; the empty value is all values beyond a bound: see facets_of.ts.
create table facets (
  error integer not null references errors (id) on delete cascade,
  name text not null,
  value text not null,
  count integer not null, -- occurrences, ever
  primary key (error, name, value)
) strict, without rowid;

create index facets_by_value on facets (name, value, error);

-- What people wrote about an event that has not come yet: see ../errors/feedback.ts.
create table waiting_notes (
  id integer primary key autoincrement,
  event_id text not null,
  service text not null,
  time integer not null,
  actor text not null,
  note text not null
) strict;

create index waiting_notes_by_event on waiting_notes (event_id);
create index waiting_notes_by_time on waiting_notes (time);

-- Keys that were made here. Of a secret one only its digest is known; a public one stands in pages anyway.
create table intake_keys (
  id text primary key, -- a UUIDv7
  digest text not null unique, -- SHA-256 of the key, in hex
  beginning text not null, -- its first characters
  text text, -- the whole key, where it is public
  service text,
  is_public integer not null,
  note text not null,
  quota integer, -- records a second; null: what keys of its kind have
  created_at integer not null,
  created_by text not null,
  last_used_at integer,
  revoked_at integer,
  revoked_by text
);

create index intake_keys_by_time on intake_keys (created_at, id);
create index intake_keys_valid on intake_keys (id) where revoked_at is null;
create index intake_keys_revoked on intake_keys (revoked_at)
  where revoked_at is not null;

-- Keys of the environment are counted too, by an id that is made of their digest.
create table intake_key_days (
  key text not null,
  day integer not null,
  taken integer not null, -- events
  refused integer not null, -- events
  peak integer not null, -- events taken in one second, the most
  used_at integer not null,
  primary key (key, day)
) strict, without rowid;

create index intake_key_days_by_day on intake_key_days (day);

create table intake_counts (
  day integer not null,
  svc_name text not null,
  client text not null, -- as it names itself: sentry.javascript.node/11.12.0
  outcome text not null,
  category text not null,
  reason text not null, -- empty: none
  quantity integer not null,
  primary key (day, svc_name, client, outcome, category, reason)
) strict, without rowid;

-- Parts of bundles that are being uploaded: gone after an hour, used or not.
create table map_chunks (
  id integer primary key autoincrement,
  owner text not null, -- who sent it, and alone can use it
  sha1 text not null,
  kept_at integer not null,
  data blob not null
) strict;

create unique index map_chunks_by_sha1 on map_chunks (owner, sha1);
create index map_chunks_by_age on map_chunks (kept_at);

-- What became of a bundle, for who asks again: gone after an hour, too.
create table map_bundles (
  owner text not null,
  checksum text not null,
  services text not null, -- JSON array
  kept_at integer not null,
  problem text, -- one sentence, where its maps could not be kept
  primary key (owner, checksum, services)
) strict, without rowid;

create index map_bundles_by_age on map_bundles (kept_at);

create table maps (
  id integer primary key autoincrement,
  svc_name text not null,
  debug_id text not null, -- 32 hexadecimal digits
  sha1 text not null, -- of the map as it came
  bytes integer not null, -- of its blocks and sources
  kept_at integer not null,
  used_at integer not null, -- about a day exact
  starts text not null -- where each block begins: JSON array of line, column, line, column, …, from 0
) strict;

create unique index maps_by_debug_id on maps (svc_name, debug_id);
create index maps_by_use on maps (used_at);
create index maps_by_service on maps (svc_name, kept_at, bytes);

-- A part of a map, itself a small map: see digest.ts.
create table map_blocks (
  map integer not null references maps (id) on delete cascade,
  number integer not null,
  data blob not null,
  primary key (map, number)
) strict, without rowid;

create table map_sources (
  map integer not null references maps (id) on delete cascade,
  number integer not null,
  path text not null,
  is_library integer not null, -- 1 for a package's file
  data blob, -- its text; null where the map has none
  primary key (map, number)
);

-- What requests are counted by. The empty text stands for none.
create table traffic_series (
  id integer primary key autoincrement,
  svc_name text not null,
  route text not null,
  release text not null,
  environment text not null,
  seen_at integer not null -- when it was counted in, to an hour
) strict;

create unique index traffic_series_by_name
  on traffic_series (svc_name, route, release, environment);

-- What writes have counted and nobody has added up yet: see fold.ts.
create table traffic_waiting (
  id integer primary key autoincrement,
  counts text not null -- JSON
) strict;

-- Requests of a minute or of an hour. A request counts in both.
create table traffic (
  step integer not null, -- its length in minutes: 1 or 60
  at integer not null, -- when it begins, minutes since 1970
  series integer not null,
  requests integer not null,
  failures integer not null, -- of these, answered 5xx
  b0 integer not null, b1 integer not null, b2 integer not null, b3 integer not null, b4 integer not null, b5 integer not null, b6 integer not null, b7 integer not null, b8 integer not null, b9 integer not null, b10 integer not null, b11 integer not null, b12 integer not null, b13 integer not null,
  primary key (step, at, series)
) strict, without rowid;

-- A release belongs to a service. Its totals outlive the traffic by time.
create table releases (
  id integer primary key autoincrement, -- in the order of their first appearance
  svc_name text not null,
  release text not null,
  first_seen integer not null,
  last_seen integer not null,
  requests integer not null default 0, -- ever
  failures integer not null default 0, -- of these, answered 5xx
  came_back integer not null default 0 -- errors that came back in it
) strict;

create unique index releases_by_name on releases (svc_name, release);

delete from errors;
insert into errors (id, uid, state, type, message, svc_name, route, severity, last_critical, location, count, kept, oldest_kept, bytes, first_seen, last_seen, first_release, last_release, resolved_at, resolved_in, came_back, muted_at, muted_until, muted_count, last_error_id, users, environments, resolved_rank, resolved_next, proof_requests, proof_good, proof_failures, proof_since, proved_at, came_back_in, assigned_to, issue_url) values
(1, '01a21f06-7a14-7553-b7c5-7e9f39dcf2ca', 'open', 'TypeError', 'Order 18 not found', '/home', '/', 40, null, 'handler (modules/home.ts)', 3, 3, 1795161600000, 1361, 1795161600000, 1795165200002, null, 'r1', null, null, 0, null, null, null, '01a21f06-7a0b-7ef3-a244-1ee254017f7b', 0, '[]', null, 0, 0, 0, 0, null, null, null, null, null),
(2, '01a21f06-7a15-79de-a7b7-af558b3ae21a', 'open', 'TypeError', 'timeout after 30 s', 'shop', '/', 50, 1795165200004, 'handler (modules/home.ts)', 1, 1, 1795165200004, 474, 1795165200004, 1795165200004, 'r1', 'r1', null, null, 0, null, null, null, '01a21f06-7a0b-744f-becc-f0b4838b7200', 0, '[]', null, 0, 0, 0, 0, null, null, null, null, null),
(3, '01a21f06-7a16-778c-9345-8697d1b5b574', 'open', 'TypeError', 'to be merged', '/home', '/', 40, null, 'handler (modules/home.ts)', 2, 2, 1795165200005, 882, 1795165200005, 1795165200008, 'r1', 'r1', null, null, 0, null, null, null, '01a21f06-7a0b-79d8-a885-3cfbb3b9adbf', 0, '[]', null, 0, 0, 0, 0, null, null, null, null, null),
(4, '01a21f06-7a16-7d70-abe1-45ffadc84e30', 'muted', 'TypeError', 'muted thing', '/home', '/', 40, null, 'handler (modules/home.ts)', 1, 1, 1795165200006, 450, 1795165200006, 1795165200006, 'r1', 'r1', null, null, 0, 1795816847905, 1802941200000, null, '01a21f06-7a0b-7dea-a826-db71e9e69b63', 0, '[]', null, 0, 0, 0, 0, null, null, null, null, null),
(5, '01a21f06-7a16-7d04-9399-c477bed2daba', 'resolved', 'TypeError', 'resolved "thing"', '/home', '/', 40, null, 'handler (modules/home.ts)', 2, 2, 1795165200007, 923, 1795165200007, 1795165200010, 'r1', 'r3', 1795816847903, 'r2', 0, null, null, null, '01a21f06-7b67-7c8e-a57b-ccf5b2b1aaf7', 0, '[]', 0, 0, 0, 0, 0, null, null, null, null, null),
(7, '01a21f06-7a18-7c3c-8860-5976394a6b07', 'muted', 'TypeError', 'muted for so many', '/home', '/', 40, null, 'handler (modules/home.ts)', 2, 2, 1795165200009, 921, 1795165200009, 1795165200011, 'r1', 'r1', null, null, 0, 1795816847905, null, null, '01a21f06-7b67-76be-a98e-405dbd98ed26', 0, '[]', null, 0, 0, 0, 0, null, null, null, null, null),
(8, '01a21f06-7a25-726d-9945-63128562306e', 'open', 'TypeError', 'no cart', '/home', '/', 40, null, 'handler (modules/home.ts)', 2, 2, 1795165200003, 870, 1795165200003, 1795165200012, 'r1', 'r1', null, null, 0, null, null, null, '01a21f06-7b67-7ed9-9396-e336dda683a1', 0, '[]', null, 0, 0, 0, 0, null, null, null, null, null),
(9, '01a22014-47b4-7b5f-b875-bdc3e01bbb6a', 'open', 'TypeError', 'broken z', 'shop', '/', 40, null, 'handler (modules/home.ts)', 1, 1, 1795168800000, 509, 1795168800000, 1795168800000, 'r4', 'r4', null, null, 0, null, null, null, '01a22014-47b0-716a-8802-6d8db05fb20f', 0, '[]', null, 0, 0, 0, 0, null, null, null, null, null),
(10, '01a22151-a51f-75da-b522-8e61040f02ac', 'open', 'TypeError', 'gone again', 'shop', '/', 40, null, 'handler (modules/home.ts)', 3, 3, 1795747328531, 1580, 1795747328531, 1795855328646, 'r5', 'r7', null, null, 1, null, null, null, '01a22151-a586-780c-9cba-401c71258dbf', 1, '["production"]', null, 0, 1, 0, 1, 1795855328646, null, 'r7', null, null),
(11, '01a22151-a51f-7ead-a1d9-390f1769964f', 'open', 'TypeError', 'rising', 'shop', '/', 40, null, 'handler (modules/home.ts)', 27, 27, 1795747328532, 11661, 1795747328532, 1795855328741, 'r5', 'r7', null, null, 0, null, null, null, '01a22151-a5e4-7bb6-9ada-643fffd0b13b', 0, '[]', null, 0, 0, 0, 0, null, null, null, null, null);

delete from error_keys;
insert into error_keys (key, error, rule, parts, split_from, variant) values
('a', 1, 'frames', '["TypeError","a"]', null, null),
('b', 2, 'frames', '["TypeError","b"]', null, null),
('back', 10, 'frames', '["TypeError","back"]', null, null),
('c', 3, 'frames', '["TypeError","c"]', null, null),
('d', 4, 'frames', '["TypeError","d"]', null, null),
('e', 5, 'frames', '["TypeError","e"]', null, null),
('e7cf1ce5a9d31d1da014a4df3fb68b57', 8, 'frames', '["TypeError","a","variant: no cart"]', 'a', 'no cart'),
('f', 3, 'frames', '["TypeError","f"]', null, null),
('m', 7, 'frames', '["TypeError","m"]', null, null),
('rise', 11, 'frames', '["TypeError","rise"]', null, null),
('z', 9, 'frames', '["TypeError","z"]', null, null);

delete from error_aliases;
insert into error_aliases (uid, error) values
('01a21f06-7a18-7729-8841-97f2173150b3', 3);

delete from occurrences;
insert into occurrences (id, error, time, error_id, line, event_id, event_service) values
(1795161600000000, 1, 1795161600000, '01a21f06-7a1a-7e69-8cae-e3aa12f7df3a', '{"time":"2026-11-20T08:00:00.000Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: Order 3 not found","request_id":"01a21f06-7a1a-7a2a-94d0-c6e39256d983","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-7be7-b084-6a755b952285","seq":1,"instance":"host-1:42","error_id":"01a21f06-7a1a-7e69-8cae-e3aa12f7df3a","status":500,"error":{"type":"TypeError","message":"Order 3 not found"}}', null, null),
(1795165200000000, 1, 1795165200000, '01a21f06-7a0a-7ba7-b7d2-00d3f3569f09', '{"time":"2026-11-20T09:00:00.000Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: Order 17 not found","request_id":"01a21f06-7a0b-7f2e-8627-363069df1c66","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":1,"instance":"host-1:42","error_id":"01a21f06-7a0a-7ba7-b7d2-00d3f3569f09","status":500,"error":{"type":"TypeError","message":"Order 17 not found"},"release":"r1"}', null, null),
(1795165200002000, 1, 1795165200002, '01a21f06-7a0b-7ef3-a244-1ee254017f7b', '{"time":"2026-11-20T09:00:00.002Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: Order 18 not found","request_id":"01a21f06-7a0b-78fe-ac41-04c642cb3a73","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":3,"instance":"host-1:42","error_id":"01a21f06-7a0b-7ef3-a244-1ee254017f7b","status":500,"error":{"type":"TypeError","message":"Order 18 not found"},"release":"r1"}', null, null),
(1795165200003000, 8, 1795165200003, '01a21f06-7a0b-7e92-bc19-c7fb5f050961', '{"time":"2026-11-20T09:00:00.003Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: no cart","request_id":"01a21f06-7a0b-774f-ab0e-4ae98b59c042","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":4,"instance":"host-1:42","error_id":"01a21f06-7a0b-7e92-bc19-c7fb5f050961","status":500,"error":{"type":"TypeError","message":"no cart"},"release":"r1"}', null, null),
(1795165200004000, 2, 1795165200004, '01a21f06-7a0b-744f-becc-f0b4838b7200', '{"time":"2026-11-20T09:00:00.004Z","level":"CRITICAL","severity":50,"svc_name":"shop","message":"GET / failed: timeout after 30 s","request_id":"01a21f06-7a0b-7156-b24f-0a3d8e1b0d5e","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":5,"instance":"host-1:42","error_id":"01a21f06-7a0b-744f-becc-f0b4838b7200","status":500,"error":{"type":"TypeError","message":"timeout after 30 s"},"release":"r1"}', null, null),
(1795165200005000, 3, 1795165200005, '01a21f06-7a0b-72e2-a364-e5c7fe592a4e', '{"time":"2026-11-20T09:00:00.005Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: gone","request_id":"01a21f06-7a0b-7fcf-b0d0-69845003ba45","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":6,"instance":"host-1:42","error_id":"01a21f06-7a0b-72e2-a364-e5c7fe592a4e","status":500,"error":{"type":"TypeError","message":"gone"},"release":"r1"}', null, null),
(1795165200006000, 4, 1795165200006, '01a21f06-7a0b-7dea-a826-db71e9e69b63', '{"time":"2026-11-20T09:00:00.006Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: muted thing","request_id":"01a21f06-7a0b-7e7b-ba6a-3797bf329508","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":7,"instance":"host-1:42","error_id":"01a21f06-7a0b-7dea-a826-db71e9e69b63","status":500,"error":{"type":"TypeError","message":"muted thing"},"release":"r1"}', null, null),
(1795165200007000, 5, 1795165200007, '01a21f06-7a0b-7446-8182-6a2d9ab4f7ec', '{"time":"2026-11-20T09:00:00.007Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: resolved \"thing\"","request_id":"01a21f06-7a0b-76ad-9bb6-4f1bbcb986d1","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":8,"instance":"host-1:42","error_id":"01a21f06-7a0b-7446-8182-6a2d9ab4f7ec","status":500,"error":{"type":"TypeError","message":"resolved \"thing\""},"release":"r1"}', null, null),
(1795165200008000, 3, 1795165200008, '01a21f06-7a0b-79d8-a885-3cfbb3b9adbf', '{"time":"2026-11-20T09:00:00.008Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: to be merged","request_id":"01a21f06-7a0f-7a04-aff5-0b3491fa927c","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":9,"instance":"host-1:42","error_id":"01a21f06-7a0b-79d8-a885-3cfbb3b9adbf","status":500,"error":{"type":"TypeError","message":"to be merged"},"release":"r1"}', null, null),
(1795165200009000, 7, 1795165200009, '01a21f06-7a10-78da-8df3-7db4caadeea4', '{"time":"2026-11-20T09:00:00.009Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: muted for so many","request_id":"01a21f06-7a10-771c-8d1c-aeefa23fc8b3","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":10,"instance":"host-1:42","error_id":"01a21f06-7a10-78da-8df3-7db4caadeea4","status":500,"error":{"type":"TypeError","message":"muted for so many"},"release":"r1"}', null, null),
(1795165200010000, 5, 1795165200010, '01a21f06-7b67-7c8e-a57b-ccf5b2b1aaf7', '{"time":"2026-11-20T09:00:00.010Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: resolved \"thing\"","request_id":"01a21f06-7b67-7348-bd76-e2f1a91f5b19","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":11,"instance":"host-1:42","error_id":"01a21f06-7b67-7c8e-a57b-ccf5b2b1aaf7","status":500,"error":{"type":"TypeError","message":"resolved \"thing\""},"release":"r3"}', null, null),
(1795165200011000, 7, 1795165200011, '01a21f06-7b67-76be-a98e-405dbd98ed26', '{"time":"2026-11-20T09:00:00.011Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: muted for so many","request_id":"01a21f06-7b67-7fee-b748-ec0092cb5c85","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":12,"instance":"host-1:42","error_id":"01a21f06-7b67-76be-a98e-405dbd98ed26","status":500,"error":{"type":"TypeError","message":"muted for so many"},"release":"r1"}', null, null),
(1795165200012000, 8, 1795165200012, '01a21f06-7b67-7ed9-9396-e336dda683a1', '{"time":"2026-11-20T09:00:00.012Z","level":"ERROR","severity":40,"svc_name":"/home","message":"GET / failed: no cart","request_id":"01a21f06-7b67-7ed6-ab3d-48905f6ef3b2","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a21f06-7a0a-71b0-8114-aa0c689bb963","seq":13,"instance":"host-1:42","error_id":"01a21f06-7b67-7ed9-9396-e336dda683a1","status":500,"error":{"type":"TypeError","message":"no cart"},"release":"r1"}', null, null),
(1795165200012001, 9, 1795168800000, '01a22014-47b0-716a-8802-6d8db05fb20f', '{"time":"2026-11-20T10:00:00.000Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: broken z","request_id":"01a22014-47b0-745c-9733-1b998781e83d","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22014-47b0-7bef-a0d1-2d27061757bd","seq":1,"instance":"host-1:42","error_id":"01a22014-47b0-716a-8802-6d8db05fb20f","status":500,"error":{"type":"TypeError","message":"broken z"},"environment":"production","user":{"id":"ada"},"tags":{"os":"Linux"},"release":"r4"}', null, null),
(1795165200012002, 10, 1795747328531, '01a22151-a514-75b5-ab2d-d7beed8c396c', '{"time":"2026-11-27T02:42:08.531Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: gone again","request_id":"01a22151-a514-799c-a766-bad9c7004440","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a514-750b-9419-d2152b22c2bf","seq":1,"instance":"host-1:42","error_id":"01a22151-a514-75b5-ab2d-d7beed8c396c","status":500,"error":{"type":"TypeError","message":"gone again"},"release":"r5","user":{"id":"ada"},"environment":"production"}', null, null),
(1795165200012003, 11, 1795747328532, '01a22151-a514-74be-88ae-951820cfdffb', '{"time":"2026-11-27T02:42:08.532Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a514-76bc-99d4-54046d3f8bbe","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a514-750b-9419-d2152b22c2bf","seq":2,"instance":"host-1:42","error_id":"01a22151-a514-74be-88ae-951820cfdffb","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r5"}', null, null),
(1795165200012004, 10, 1795855328592, '01a22151-a550-7fd5-a6d7-07ba75e836ba', '{"time":"2026-11-28T08:42:08.592Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: gone again","request_id":"01a22151-a550-7901-8179-26e263036aa5","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a550-7464-9175-8f5abb61d38a","seq":1,"instance":"host-1:42","error_id":"01a22151-a550-7fd5-a6d7-07ba75e836ba","status":500,"error":{"type":"TypeError","message":"gone again"},"release":"r6"}', null, null),
(1795165200012005, 10, 1795855328646, '01a22151-a586-780c-9cba-401c71258dbf', '{"time":"2026-11-28T08:42:08.646Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: gone again","request_id":"01a22151-a586-7c13-95ba-bdb8c269973a","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a586-77d3-9169-0dcc3ac912a5","seq":1,"instance":"host-1:42","error_id":"01a22151-a586-780c-9cba-401c71258dbf","status":500,"error":{"type":"TypeError","message":"gone again"},"release":"r7"}', null, null),
(1795165200012006, 11, 1795855328676, '01a22151-a5a4-79ef-b431-31184ae68032', '{"time":"2026-11-28T08:42:08.676Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5a4-7bb5-91b9-5c9c675fe887","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":1,"instance":"host-1:42","error_id":"01a22151-a5a4-79ef-b431-31184ae68032","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012007, 11, 1795855328677, '01a22151-a5a4-7002-8212-c56fc652b0e3', '{"time":"2026-11-28T08:42:08.677Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5a5-7a48-8f47-cc243821d33d","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":2,"instance":"host-1:42","error_id":"01a22151-a5a4-7002-8212-c56fc652b0e3","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012008, 11, 1795855328678, '01a22151-a5a5-7197-b2d5-8f05e89a4aca', '{"time":"2026-11-28T08:42:08.678Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5a8-72d5-be29-7e8606431ed8","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":3,"instance":"host-1:42","error_id":"01a22151-a5a5-7197-b2d5-8f05e89a4aca","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012009, 11, 1795855328681, '01a22151-a5a8-7f41-af91-d18b972a3b5f', '{"time":"2026-11-28T08:42:08.681Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5a9-7554-a27e-2cb5fae3ea3f","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":4,"instance":"host-1:42","error_id":"01a22151-a5a8-7f41-af91-d18b972a3b5f","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012010, 11, 1795855328682, '01a22151-a5a9-73a2-9ea5-68d8de40a573', '{"time":"2026-11-28T08:42:08.682Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5aa-7cc3-ba54-5f18ac67ba45","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":5,"instance":"host-1:42","error_id":"01a22151-a5a9-73a2-9ea5-68d8de40a573","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012011, 11, 1795855328683, '01a22151-a5aa-73b3-8a77-eff39e6b5c30', '{"time":"2026-11-28T08:42:08.683Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5ab-7657-8401-84e6e9218d41","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":6,"instance":"host-1:42","error_id":"01a22151-a5aa-73b3-8a77-eff39e6b5c30","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012012, 11, 1795855328684, '01a22151-a5ab-782d-b7c6-c1d29abbe6d8', '{"time":"2026-11-28T08:42:08.684Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5b1-7c68-ba28-f755b4f69723","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":7,"instance":"host-1:42","error_id":"01a22151-a5ab-782d-b7c6-c1d29abbe6d8","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012013, 11, 1795855328689, '01a22151-a5b1-729d-a4e7-d8ebab796cf8', '{"time":"2026-11-28T08:42:08.689Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5b1-7130-a6c8-4ab1c7a5e536","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":8,"instance":"host-1:42","error_id":"01a22151-a5b1-729d-a4e7-d8ebab796cf8","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012014, 11, 1795855328690, '01a22151-a5b1-74e4-96e3-a618433278b2', '{"time":"2026-11-28T08:42:08.690Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5b2-75dd-b078-295b641f2bfe","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":9,"instance":"host-1:42","error_id":"01a22151-a5b1-74e4-96e3-a618433278b2","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012015, 11, 1795855328691, '01a22151-a5b2-7b01-8588-c15b248553cf', '{"time":"2026-11-28T08:42:08.691Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5b3-7f76-b1f7-b14b2bb0919e","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":10,"instance":"host-1:42","error_id":"01a22151-a5b2-7b01-8588-c15b248553cf","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012016, 11, 1795855328692, '01a22151-a5b3-7446-9b62-019656ee40b9', '{"time":"2026-11-28T08:42:08.692Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5b5-79e4-9b2b-219f9538a776","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":11,"instance":"host-1:42","error_id":"01a22151-a5b3-7446-9b62-019656ee40b9","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012017, 11, 1795855328693, '01a22151-a5b5-77eb-a378-f32919b1ad93', '{"time":"2026-11-28T08:42:08.693Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5b5-7b1c-b027-7eb621022d27","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":12,"instance":"host-1:42","error_id":"01a22151-a5b5-77eb-a378-f32919b1ad93","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012018, 11, 1795855328694, '01a22151-a5b5-7eb9-9dc7-b5445f5c0754', '{"time":"2026-11-28T08:42:08.694Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5b6-71d2-97fa-8ade7a6a32aa","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":13,"instance":"host-1:42","error_id":"01a22151-a5b5-7eb9-9dc7-b5445f5c0754","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012019, 11, 1795855328695, '01a22151-a5b6-717e-8d7c-2711ac01b8c8', '{"time":"2026-11-28T08:42:08.695Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5b7-7457-bd3f-1c3dea9f9714","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":14,"instance":"host-1:42","error_id":"01a22151-a5b6-717e-8d7c-2711ac01b8c8","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012020, 11, 1795855328696, '01a22151-a5b7-71b9-9732-0be537aebe0a', '{"time":"2026-11-28T08:42:08.696Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5bc-7f9a-a12d-ed9033daa0d3","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":15,"instance":"host-1:42","error_id":"01a22151-a5b7-71b9-9732-0be537aebe0a","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012021, 11, 1795855328700, '01a22151-a5bc-7ca5-8daa-a2c7a5b0baee', '{"time":"2026-11-28T08:42:08.700Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5bc-7d32-8d32-320e9c043837","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":16,"instance":"host-1:42","error_id":"01a22151-a5bc-7ca5-8daa-a2c7a5b0baee","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012022, 11, 1795855328701, '01a22151-a5bc-76c3-98bd-50f238887c97', '{"time":"2026-11-28T08:42:08.701Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5bd-736e-a912-8fcd6c136d4c","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":17,"instance":"host-1:42","error_id":"01a22151-a5bc-76c3-98bd-50f238887c97","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012023, 11, 1795855328702, '01a22151-a5bd-7e7e-b3f9-58f5af8f4fd0', '{"time":"2026-11-28T08:42:08.702Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5be-762f-a376-5bfd7b460709","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":18,"instance":"host-1:42","error_id":"01a22151-a5bd-7e7e-b3f9-58f5af8f4fd0","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012024, 11, 1795855328703, '01a22151-a5be-7715-9399-d49fbbceedf2', '{"time":"2026-11-28T08:42:08.703Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5bf-7f75-9f34-3073b77dfc9f","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":19,"instance":"host-1:42","error_id":"01a22151-a5be-7715-9399-d49fbbceedf2","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012025, 11, 1795855328704, '01a22151-a5bf-7054-af90-0a010d99fcff', '{"time":"2026-11-28T08:42:08.704Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5c6-7072-be9d-96d6aee5f89a","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":20,"instance":"host-1:42","error_id":"01a22151-a5bf-7054-af90-0a010d99fcff","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012026, 11, 1795855328711, '01a22151-a5c7-7ee9-aaa1-3a5b6c602de1', '{"time":"2026-11-28T08:42:08.711Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5c7-7bd0-9078-86fd7244a125","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":21,"instance":"host-1:42","error_id":"01a22151-a5c7-7ee9-aaa1-3a5b6c602de1","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012027, 11, 1795855328712, '01a22151-a5c7-7414-ac61-4794b12e2d30', '{"time":"2026-11-28T08:42:08.712Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5c8-7f90-a222-b0d0e790425b","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":22,"instance":"host-1:42","error_id":"01a22151-a5c7-7414-ac61-4794b12e2d30","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012028, 11, 1795855328713, '01a22151-a5c8-75e4-a572-d90ad921e893', '{"time":"2026-11-28T08:42:08.713Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5c9-7463-9443-0b8a680924c5","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":23,"instance":"host-1:42","error_id":"01a22151-a5c8-75e4-a572-d90ad921e893","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012029, 11, 1795855328714, '01a22151-a5c9-717f-aee9-027f1247f088', '{"time":"2026-11-28T08:42:08.714Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5cb-78f3-bd12-10c40b09077c","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":24,"instance":"host-1:42","error_id":"01a22151-a5c9-717f-aee9-027f1247f088","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012030, 11, 1795855328716, '01a22151-a5cc-747a-8c28-60e5e2b9447e', '{"time":"2026-11-28T08:42:08.716Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5cc-7bec-943e-7388cb4c397e","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":25,"instance":"host-1:42","error_id":"01a22151-a5cc-747a-8c28-60e5e2b9447e","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null),
(1795165200012031, 11, 1795855328741, '01a22151-a5e4-7bb6-9ada-643fffd0b13b', '{"time":"2026-11-28T08:42:08.741Z","level":"ERROR","severity":40,"svc_name":"shop","message":"GET / failed: rising","request_id":"01a22151-a5e5-7908-b568-89be8b1d09f4","method":"GET","route":"/","path":"/?user_type=guest","boot_id":"01a22151-a5a4-7ea2-b8e4-5ac58372ba1d","seq":27,"instance":"host-1:42","error_id":"01a22151-a5e4-7bb6-9ada-643fffd0b13b","status":500,"error":{"type":"TypeError","message":"rising"},"release":"r7"}', null, null);

delete from variants;
insert into variants (error, digest, message, count) values
(1, 'a743f620c90017393869332ae84050e9', 'Order <n> not found', 3),
(2, '0928edb89a569a7e4137e450c44fd4c7', 'timeout after <n> s', 1),
(3, '50c1f58be7f5e47e0f53d64c094783c2', 'gone', 1),
(3, '8fe653590e4af917b8e6c2c336598293', 'to be merged', 1),
(4, '6ac72778e1e68441c1bb119dcd8b2a54', 'muted thing', 1),
(5, '702443dc1f972969c48ec0a84d1018fc', 'resolved "thing"', 2),
(7, '5b612d3313039ff7ca020ebb5b49b722', 'muted for so many', 2),
(8, '2851ee28b758fbf8d010d07cb63548eb', 'no cart', 2),
(9, '4b455f4a6f72888794677e76961f0caf', 'broken z', 1),
(10, '3ad18b6e9a596e2e8a282c95f46536ca', 'gone again', 3),
(11, '637aa1a3f3fe939460e3e6126a3cb76a', 'rising', 27);

delete from hours;
insert into hours (error, hour, count, alarm_at) values
(1, 498656, 1, null),
(1, 498657, 2, null),
(2, 498657, 1, null),
(3, 498657, 2, null),
(4, 498657, 1, null),
(5, 498657, 2, null),
(7, 498657, 2, null),
(8, 498657, 2, null),
(9, 498658, 1, null),
(10, 498818, 1, null),
(10, 498848, 2, null),
(11, 498818, 1, null),
(11, 498848, 26, 20);

delete from services;
insert into services (svc_name, hour, opened) values
('/home', 498838, 6),
('shop', 498848, 2);

delete from history;
insert into history (id, error, time, action, actor, note, occurrence) values
(1, 1, 1795165200000, 'opened', 'holdfast', 'in release r1', null),
(2, 2, 1795165200004, 'opened', 'holdfast', 'in release r1', null),
(3, 3, 1795165200005, 'opened', 'holdfast', 'in release r1', null),
(4, 4, 1795165200006, 'opened', 'holdfast', 'in release r1', null),
(5, 5, 1795165200007, 'opened', 'holdfast', 'in release r1', null),
(6, 3, 1795165200008, 'opened', 'holdfast', 'in release r1', null),
(7, 7, 1795165200009, 'opened', 'holdfast', 'in release r1', null),
(8, 2, 1795816847903, 'noted', 'ada', 'look at the pool', null),
(9, 5, 1795816847905, 'resolved', 'ada', 'in release r2', null),
(10, 4, 1795816847905, 'muted', 'bob', 'until 2027-02-18T09:00:00.000Z', null),
(11, 7, 1795816847905, 'muted', 'bob', '', null),
(12, 3, 1795816847909, 'merged', 'ada', 'TypeError: to be merged (01a21f06-7a18-7729-8841-97f2173150b3, 1 times)', null),
(13, 1, 1795816847912, 'split', 'ada', '"no cart" is an error of its own: 01a21f06-7a25-726d-9945-63128562306e', null),
(14, 8, 1795816847912, 'split', 'ada', 'was a variant of 01a21f06-7a14-7553-b7c5-7e9f39dcf2ca', null),
(15, 9, 1795168800000, 'opened', 'holdfast', 'in release r4', null),
(16, 10, 1795747328531, 'opened', 'holdfast', 'in release r5', null),
(17, 11, 1795747328532, 'opened', 'holdfast', 'in release r5', null),
(18, 10, 1795855328566, 'resolved', 'ada', '', null),
(19, 10, 1795855328592, 'came_back', 'holdfast', 'in release r6', null),
(20, 10, 1795855328624, 'resolved', 'ada', '', null),
(21, 10, 1795855328646, 'came_back', 'holdfast', 'in release r7', null);

delete from alerts;
insert into alerts (error, kind, receiver, time, waits, noted_at, due_at, message_id, is_summary, tries) values
(2, 'new', '', 0, 1, 1795816847894, 1795816847894, null, 0, 0),
(3, 'new', '', 0, 1, 1795816847894, 1795816847894, null, 0, 0),
(4, 'new', '', 0, 1, 1795816847894, 1795816847894, null, 0, 0),
(5, 'new', '', 0, 1, 1795816847896, 1795816847896, null, 0, 0),
(7, 'new', '', 0, 1, 1795816847896, 1795816847896, null, 0, 0),
(9, 'new', '', 0, 1, 1795834529719, 1795834529719, null, 0, 0),
(10, 'back', '', 0, 1, 1795855328653, 1795855328653, null, 0, 0),
(10, 'new', '', 0, 0, 1795855328553, 1795855328553, null, 0, 0),
(11, 'new', '', 0, 1, 1795855328553, 1795855328553, null, 0, 0),
(11, 'rising', '', 0, 1, 1795855328717, 1795855328717, null, 0, 0);

delete from alert_receivers;
insert into alert_receivers (receiver, svc_name, min_severity, seen_at) values
('', '', 0, 0);

delete from facets;
insert into facets (error, name, value, count) values
(10, 'environment', 'production', 1),
(10, 'release', 'r5', 1),
(10, 'release', 'r6', 1),
(10, 'release', 'r7', 1),
(10, 'user', 'ada', 1),
(11, 'release', 'r5', 1),
(11, 'release', 'r7', 26);

delete from releases;
insert into releases (id, svc_name, release, first_seen, last_seen, requests, failures, came_back) values
(1, 'shop', 'r5', 1795747328531, 1795747328534, 4, 2, 0),
(2, 'shop', 'r6', 1795855328592, 1795855328592, 1, 1, 1),
(3, 'shop', 'r7', 1795855328646, 1795855328716, 26, 26, 1);

delete from traffic_series;
insert into traffic_series (id, svc_name, route, release, environment, seen_at) values
(1, 'shop', '/', 'r5', '', 1795855328727),
(2, 'shop', '/', 'r5', 'production', 1795855328727),
(3, 'shop', '/', 'r6', '', 1795855328727),
(4, 'shop', '/', 'r7', '', 1795855328727);

delete from traffic_waiting;
insert into traffic_waiting (id, counts) values
(5, '{"minutes":[[29930922,"shop","/","r7","",2,1,3,1]],"releases":[{"svc_name":"shop","release":"r7","first_seen":1795855328740,"last_seen":1795855328741,"requests":2,"failures":1,"came_back":0}]}');

delete from traffic;
insert into traffic (step, at, series, requests, failures, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13) values
(1, 29930922, 3, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
(1, 29930922, 4, 26, 26, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
(60, 29929080, 1, 3, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
(60, 29929080, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
(60, 29930880, 3, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
(60, 29930880, 4, 26, 26, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

delete from log_tail;
insert into log_tail (id, writer, written_at, first_write, last_write, first_time, last_time, records, bytes, lines) values
(3, '01a22151-a4f7-7f84-a3e9-b9a794c47f58', 1795855328536, 1000000004, 1000000004, 1795747328531, 1795747328535, 5, 2240, X'037b2274696d6573223a5b313739353734373332383533312c312c312c312c315d2c22777269746573223a5b313030303030303030342c302c302c302c305d2c22696e6465786573223a5b302c312c322c332c345d2c226c6576656c73223a223333313031222c2273657276696365223a5b302c302c302c302c305d2c227365727669636573223a5b2273686f70225d2c22726f757465223a5b302c302c302c302c305d2c22726f75746573223a5b222f225d7d0a7b2274696d65223a22323032362d31312d32375430323a34323a30382e3533315a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20676f6e6520616761696e222c22726571756573745f6964223a2230316132323135312d613531342d373939632d613736362d626164396337303034343430222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613531342d373530622d393431392d643231353262323263326266222c22736571223a312c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613531342d373562352d616232642d643762656564386333393663222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22676f6e6520616761696e227d2c2272656c65617365223a227235222c2275736572223a7b226964223a22616461227d2c22656e7669726f6e6d656e74223a2270726f64756374696f6e227d097b226b6579223a226261636b222c2274797065223a22547970654572726f72222c227469746c65223a22676f6e6520616761696e222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32375430323a34323a30382e3533325a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613531342d373662632d393964342d353430343664336638626265222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613531342d373530622d393431392d643231353262323263326266222c22736571223a322c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613531342d373462652d383861652d393531383230636664666662222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227235227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32375430323a34323a30382e3533335a222c226c6576656c223a22494e464f222c227365766572697479223a32302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f20323030222c22726571756573745f6964223a2230316132323135312d613531342d373138312d393764302d643438363566623636383162222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613531342d373530622d393431392d643231353262323263326266222c22736571223a332c22696e7374616e6365223a22686f73742d313a3432222c22737461747573223a3230302c226475726174696f6e5f6d73223a31322c2272656c65617365223a227235227d0a7b2274696d65223a22323032362d31312d32375430323a34323a30382e3533345a222c226c6576656c223a224445425547222c227365766572697479223a31302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f20323030222c22726571756573745f6964223a2230316132323135312d613531342d373961642d616535642d626666366462396335623563222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613531342d373530622d393431392d643231353262323263326266222c22736571223a342c22696e7374616e6365223a22686f73742d313a3432222c22737461747573223a3430342c226475726174696f6e5f6d73223a332c2272656c65617365223a227235227d0a7b2274696d65223a22323032362d31312d32375430323a34323a30382e3533355a222c226c6576656c223a22494e464f222c227365766572697479223a32302c227376635f6e616d65223a2273686f70222c226d657373616765223a226e6f2072657175657374222c22726571756573745f6964223a2230316132323135312d613531382d373739322d616335382d306336396532643735663163222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613531342d373530622d393431392d643231353262323263326266222c22736571223a352c22696e7374616e6365223a22686f73742d313a3432227d'),
(4, '01a22151-a4f7-7f84-a3e9-b9a794c47f58', 1795855328592, 1000000005, 1000000005, 1795855328592, 1795855328592, 1, 666, X'037b2274696d6573223a5b313739353835353332383539325d2c22777269746573223a5b313030303030303030355d2c22696e6465786573223a5b305d2c226c6576656c73223a2233222c2273657276696365223a5b305d2c227365727669636573223a5b2273686f70225d2c22726f757465223a5b305d2c22726f75746573223a5b222f225d7d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3539325a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20676f6e6520616761696e222c22726571756573745f6964223a2230316132323135312d613535302d373930312d383137392d323665323633303336616135222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613535302d373436342d393137352d386635616262363164333861222c22736571223a312c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613535302d376664352d613664372d303762613735653833366261222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22676f6e6520616761696e227d2c2272656c65617365223a227236227d097b226b6579223a226261636b222c2274797065223a22547970654572726f72222c227469746c65223a22676f6e6520616761696e222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d'),
(5, '01a22151-a4f7-7f84-a3e9-b9a794c47f58', 1795855328646, 1000000006, 1000000006, 1795855328646, 1795855328646, 1, 666, X'037b2274696d6573223a5b313739353835353332383634365d2c22777269746573223a5b313030303030303030365d2c22696e6465786573223a5b305d2c226c6576656c73223a2233222c2273657276696365223a5b305d2c227365727669636573223a5b2273686f70225d2c22726f757465223a5b305d2c22726f75746573223a5b222f225d7d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3634365a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20676f6e6520616761696e222c22726571756573745f6964223a2230316132323135312d613538362d376331332d393562612d626462386332363939373361222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613538362d373764332d393136392d306463633361633931326135222c22736571223a312c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613538362d373830632d396362612d343031633731323538646266222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22676f6e6520616761696e227d2c2272656c65617365223a227237227d097b226b6579223a226261636b222c2274797065223a22547970654572726f72222c227469746c65223a22676f6e6520616761696e222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d'),
(6, '01a22151-a4f7-7f84-a3e9-b9a794c47f58', 1795855328716, 1000000007, 1000000007, 1795855328676, 1795855328716, 25, 13405, X'037b2274696d6573223a5b313739353835353332383637362c312c312c332c312c312c312c352c312c312c312c312c312c312c312c342c312c312c312c312c372c312c312c312c325d2c22777269746573223a5b313030303030303030372c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c305d2c22696e6465786573223a5b302c312c322c332c342c352c362c372c382c392c31302c31312c31322c31332c31342c31352c31362c31372c31382c31392c32302c32312c32322c32332c32345d2c226c6576656c73223a2233333333333333333333333333333333333333333333333333222c2273657276696365223a5b302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c305d2c227365727669636573223a5b2273686f70225d2c22726f757465223a5b302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c302c305d2c22726f75746573223a5b222f225d7d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3637365a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613561342d376262352d393162392d356339633637356665383837222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a312c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613561342d373965662d623433312d333131383461653638303332222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3637375a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613561352d376134382d386634372d636332343338323164333364222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a322c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613561342d373030322d383231322d633536666336353262306533222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3637385a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613561382d373264352d626532392d376538363036343331656438222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a332c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613561352d373139372d623264352d386630356538396134616361222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3638315a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613561392d373535342d613237652d326362356661653365613366222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a342c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613561382d376634312d616639312d643138623937326133623566222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3638325a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613561612d376363332d626135342d356631386163363762613435222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a352c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613561392d373361322d396561352d363864386465343061353733222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3638335a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613561622d373635372d383430312d383465366539323138643431222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a362c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613561612d373362332d386137372d656666333965366235633330222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3638345a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613562312d376336382d626132382d663735356234663639373233222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a372c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613561622d373832642d623763362d633164323961626265366438222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3638395a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613562312d373133302d613663382d346162316337613565353336222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a382c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613562312d373239642d613465372d643865626162373936636638222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3639305a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613562322d373564642d623037382d323935623634316632626665222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a392c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613562312d373465342d393665332d613631383433333237386232222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3639315a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613562332d376637362d623166372d623134623262623039313965222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a31302c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613562322d376230312d383538382d633135623234383535336366222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3639325a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613562352d373965342d396232622d323139663935333861373736222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a31312c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613562332d373434362d396236322d303139363536656534306239222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3639335a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613562352d376231632d623032372d376562363231303232643237222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a31322c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613562352d373765622d613337382d663332393139623161643933222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3639345a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613562362d373164322d393766612d386164653761366133326161222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a31332c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613562352d376562392d396463372d623534343566356330373534222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3639355a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613562372d373435372d626433662d316333646561396639373134222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a31342c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613562362d373137652d386437632d323731316163303162386338222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3639365a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613562632d376639612d613132642d656439303333646161306433222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a31352c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613562372d373162392d393733322d306265353337616562653061222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3730305a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613562632d376433322d386433322d333230653963303433383337222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a31362c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613562632d376361352d386461612d613263376135623062616565222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3730315a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613562642d373336652d613931322d386663643663313336643463222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a31372c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613562632d373663332d393862642d353066323338383837633937222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3730325a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613562652d373632662d613337362d356266643762343630373039222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a31382c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613562642d376537652d623366392d353866356166386634666430222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3730335a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613562662d376637352d396633342d333037336237376466633966222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a31392c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613562652d373731352d393339392d643439666262636565646632222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3730345a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613563362d373037322d626539642d393664366165653566383961222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a32302c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613562662d373035342d616639302d306130313064393966636666222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3731315a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613563372d376264302d393037382d383666643732343461313235222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a32312c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613563372d376565392d616161312d336135623663363032646531222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3731325a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613563382d376639302d613232322d623064306537393034323562222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a32322c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613563372d373431342d616336312d343739346231326532643330222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3731335a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613563392d373436332d393434332d306238613638303932346335222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a32332c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613563382d373565342d613537322d643930616439323165383933222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3731345a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613563622d373866332d626431322d313063343062303930373763222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a32342c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613563392d373137662d616565392d303237663132343766303838222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3731365a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613563632d376265632d393433652d373338386362346333393765222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a32352c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613563632d373437612d386332382d363065356532623934343765222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d'),
(7, '01a22151-a4f7-7f84-a3e9-b9a794c47f58', 1795855328741, 1000000008, 1000000008, 1795855328740, 1795855328741, 2, 1002, X'037b2274696d6573223a5b313739353835353332383734302c315d2c22777269746573223a5b313030303030303030382c305d2c22696e6465786573223a5b302c315d2c226c6576656c73223a223133222c2273657276696365223a5b302c305d2c227365727669636573223a5b2273686f70225d2c22726f757465223a5b302c305d2c22726f75746573223a5b222f225d7d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3734305a222c226c6576656c223a22494e464f222c227365766572697479223a32302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f20323030222c22726571756573745f6964223a2230316132323135312d613565342d376463652d616534642d393261633236363734366531222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a32362c22696e7374616e6365223a22686f73742d313a3432222c22737461747573223a3230302c226475726174696f6e5f6d73223a372c2272656c65617365223a227237227d0a7b2274696d65223a22323032362d31312d32385430383a34323a30382e3734315a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a20726973696e67222c22726571756573745f6964223a2230316132323135312d613565352d373930382d623536382d383962653862316430396634222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323135312d613561342d376561322d623865342d356163353833373262613164222c22736571223a32372c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323135312d613565342d376262362d396164612d363433666666643062313362222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22726973696e67227d2c2272656c65617365223a227237227d097b226b6579223a2272697365222c2274797065223a22547970654572726f72222c227469746c65223a22726973696e67222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d');

delete from log_blocks;
insert into log_blocks (id, svc_name, worst, first_write, last_write, first_time, last_time, records, bytes) values
(1, null, 4, 1000000000, 1000000000, 1795161600000, 1795165200012, 15, 8013),
(2, null, 3, 1000000002, 1000000003, 1795168800000, 1795168800002, 3, 2081);

delete from log_data;
insert into log_data (block, data) values
(1, X'037b2274696d6573223a5b313739353136313630303030302c312c333539393939392c312c312c312c312c312c312c312c312c312c312c312c315d2c22777269746573223a5b313030303030303030302c302c302c302c302c302c302c302c302c302c302c302c302c302c305d2c22696e6465786573223a5b302c312c322c332c342c352c362c372c382c392c31302c31312c31322c31332c31345d2c226c6576656c73223a22333133313333343333333333333333222c2273657276696365223a5b302c302c302c302c302c302c312c302c302c302c302c302c302c302c305d2c227365727669636573223a5b222f686f6d65222c2273686f70225d2c22726f757465223a5b302c302c302c302c302c302c302c302c302c302c302c302c302c302c305d2c22726f75746573223a5b222f225d7d0a7b2274696d65223a22323032362d31312d32305430383a30303a30302e3030305a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a222f686f6d65222c226d657373616765223a22474554202f206661696c65643a204f726465722033206e6f7420666f756e64222c22726571756573745f6964223a2230316132316630362d376131612d376132612d393464302d633665333932353664393833222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132316630362d376130612d376265372d623038342d366137353562393532323835222c22736571223a312c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132316630362d376131612d376536392d386361652d653361613132663764663361222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a224f726465722033206e6f7420666f756e64227d7d097b226b6579223a2261222c2274797065223a22222c227469746c65223a22222c226c6f636174696f6e223a22227d0a7b2274696d65223a22323032362d31312d32305430383a30303a30302e3030315a222c226c6576656c223a22494e464f222c227365766572697479223a32302c227376635f6e616d65223a222f686f6d65222c226d657373616765223a22474554202f20323030222c22726571756573745f6964223a2230316132316630362d376131612d373237662d623162662d343062393237333662643763222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132316630362d376130612d376265372d623038342d366137353562393532323835222c22736571223a322c22696e7374616e6365223a22686f73742d313a3432227d0a7b2274696d65223a22323032362d31312d32305430393a30303a30302e3030305a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a222f686f6d65222c226d657373616765223a22474554202f206661696c65643a204f72646572203137206e6f7420666f756e64222c22726571756573745f6964223a2230316132316630362d376130622d376632652d383632372d333633303639646631633636222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132316630362d376130612d373162302d383131342d616130633638396262393633222c22736571223a312c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132316630362d376130612d376261372d623764322d303064336633353639663039222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a224f72646572203137206e6f7420666f756e64227d2c2272656c65617365223a227231227d097b226b6579223a2261222c2274797065223a22222c227469746c65223a22222c226c6f636174696f6e223a22227d0a7b2274696d65223a22323032362d31312d32305430393a30303a30302e3030315a222c226c6576656c223a22494e464f222c227365766572697479223a32302c227376635f6e616d65223a222f686f6d65222c226d657373616765223a22436166c3a920276765c3b666666e657427222c22726571756573745f6964223a2230316132316630362d376130622d373739642d626630362d383761663131313333613265222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132316630362d376130612d373162302d383131342d616130633638396262393633222c22736571223a322c22696e7374616e6365223a22686f73742d313a3432227d0a7b2274696d65223a22323032362d31312d32305430393a30303a30302e3030325a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a222f686f6d65222c226d657373616765223a22474554202f206661696c65643a204f72646572203138206e6f7420666f756e64222c22726571756573745f6964223a2230316132316630362d376130622d373866652d616334312d303463363432636233613733222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132316630362d376130612d373162302d383131342d616130633638396262393633222c22736571223a332c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132316630362d376130622d376566332d613234342d316565323534303137663762222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a224f72646572203138206e6f7420666f756e64227d2c2272656c65617365223a227231227d097b226b6579223a2261222c2274797065223a22222c227469746c65223a22222c226c6f636174696f6e223a22227d0a7b2274696d65223a22323032362d31312d32305430393a30303a30302e3030335a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a222f686f6d65222c226d657373616765223a22474554202f206661696c65643a206e6f2063617274222c22726571756573745f6964223a2230316132316630362d376130622d373734662d616230652d346165393862353963303432222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132316630362d376130612d373162302d383131342d616130633638396262393633222c22736571223a342c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132316630362d376130622d376539322d626331392d633766623566303530393631222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a226e6f2063617274227d2c2272656c65617365223a227231227d097b226b6579223a2261222c2274797065223a22222c227469746c65223a22222c226c6f636174696f6e223a22227d0a7b2274696d65223a22323032362d31312d32305430393a30303a30302e3030345a222c226c6576656c223a22435249544943414c222c227365766572697479223a35302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a2074696d656f75742061667465722033302073222c22726571756573745f6964223a2230316132316630362d376130622d373135362d623234662d306133643865316230643565222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132316630362d376130612d373162302d383131342d616130633638396262393633222c22736571223a352c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132316630362d376130622d373434662d626563632d663062343833386237323030222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a2274696d656f75742061667465722033302073227d2c2272656c65617365223a227231227d097b226b6579223a2262222c2274797065223a22222c227469746c65223a22222c226c6f636174696f6e223a22227d0a7b2274696d65223a22323032362d31312d32305430393a30303a30302e3030355a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a222f686f6d65222c226d657373616765223a22474554202f206661696c65643a20676f6e65222c22726571756573745f6964223a2230316132316630362d376130622d376663662d623064302d363938343530303362613435222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132316630362d376130612d373162302d383131342d616130633638396262393633222c22736571223a362c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132316630362d376130622d373265322d613336342d653563376665353932613465222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22676f6e65227d2c2272656c65617365223a227231227d097b226b6579223a2263222c2274797065223a22222c227469746c65223a22222c226c6f636174696f6e223a22227d0a7b2274696d65223a22323032362d31312d32305430393a30303a30302e3030365a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a222f686f6d65222c226d657373616765223a22474554202f206661696c65643a206d75746564207468696e67222c22726571756573745f6964223a2230316132316630362d376130622d376537622d626136612d333739376266333239353038222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132316630362d376130612d373162302d383131342d616130633638396262393633222c22736571223a372c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132316630362d376130622d376465612d613832362d646237316539653639623633222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a226d75746564207468696e67227d2c2272656c65617365223a227231227d097b226b6579223a2264222c2274797065223a22222c227469746c65223a22222c226c6f636174696f6e223a22227d0a7b2274696d65223a22323032362d31312d32305430393a30303a30302e3030375a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a222f686f6d65222c226d657373616765223a22474554202f206661696c65643a207265736f6c766564205c227468696e675c22222c22726571756573745f6964223a2230316132316630362d376130622d373661642d396262362d346631626263623938366431222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132316630362d376130612d373162302d383131342d616130633638396262393633222c22736571223a382c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132316630362d376130622d373434362d383138322d366132643961623466376563222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a227265736f6c766564205c227468696e675c22227d2c2272656c65617365223a227231227d097b226b6579223a2265222c2274797065223a22222c227469746c65223a22222c226c6f636174696f6e223a22227d0a7b2274696d65223a22323032362d31312d32305430393a30303a30302e3030385a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a222f686f6d65222c226d657373616765223a22474554202f206661696c65643a20746f206265206d6572676564222c22726571756573745f6964223a2230316132316630362d376130662d376130342d616666352d306233343931666139323763222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132316630362d376130612d373162302d383131342d616130633638396262393633222c22736571223a392c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132316630362d376130622d373964382d613838352d336366626233623961646266222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a22746f206265206d6572676564227d2c2272656c65617365223a227231227d097b226b6579223a2266222c2274797065223a22222c227469746c65223a22222c226c6f636174696f6e223a22227d0a7b2274696d65223a22323032362d31312d32305430393a30303a30302e3030395a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a222f686f6d65222c226d657373616765223a22474554202f206661696c65643a206d7574656420666f7220736f206d616e79222c22726571756573745f6964223a2230316132316630362d376131302d373731632d386431632d616565666132336663386233222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132316630362d376130612d373162302d383131342d616130633638396262393633222c22736571223a31302c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132316630362d376131302d373864612d386466332d376462346361616465656134222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a226d7574656420666f7220736f206d616e79227d2c2272656c65617365223a227231227d097b226b6579223a226d222c2274797065223a22222c227469746c65223a22222c226c6f636174696f6e223a22227d0a7b2274696d65223a22323032362d31312d32305430393a30303a30302e3031305a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a222f686f6d65222c226d657373616765223a22474554202f206661696c65643a207265736f6c766564205c227468696e675c22222c22726571756573745f6964223a2230316132316630362d376236372d373334382d626437362d653266316139316635623139222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132316630362d376130612d373162302d383131342d616130633638396262393633222c22736571223a31312c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132316630362d376236372d376338652d613537622d636366356232623161616637222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a227265736f6c766564205c227468696e675c22227d2c2272656c65617365223a227233227d097b226b6579223a2265222c2274797065223a22222c227469746c65223a22222c226c6f636174696f6e223a22227d0a7b2274696d65223a22323032362d31312d32305430393a30303a30302e3031315a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a222f686f6d65222c226d657373616765223a22474554202f206661696c65643a206d7574656420666f7220736f206d616e79222c22726571756573745f6964223a2230316132316630362d376236372d376665652d623734382d656330303932636235633835222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132316630362d376130612d373162302d383131342d616130633638396262393633222c22736571223a31322c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132316630362d376236372d373662652d613938652d343035646264393865643236222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a226d7574656420666f7220736f206d616e79227d2c2272656c65617365223a227231227d097b226b6579223a226d222c2274797065223a22222c227469746c65223a22222c226c6f636174696f6e223a22227d0a7b2274696d65223a22323032362d31312d32305430393a30303a30302e3031325a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a222f686f6d65222c226d657373616765223a22474554202f206661696c65643a206e6f2063617274222c22726571756573745f6964223a2230316132316630362d376236372d376564362d616233642d343839303566366566336232222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132316630362d376130612d373162302d383131342d616130633638396262393633222c22736571223a31332c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132316630362d376236372d376564392d393339362d653333366464613638336131222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a226e6f2063617274227d2c2272656c65617365223a227231227d097b226b6579223a2261222c2274797065223a22222c227469746c65223a22222c226c6f636174696f6e223a22227d'),
(2, X'037b2274696d6573223a5b313739353136383830303030302c312c315d2c22777269746573223a5b313030303030303030322c302c315d2c22696e6465786573223a5b302c312c305d2c226c6576656c73223a22333131222c2273657276696365223a5b302c302c315d2c227365727669636573223a5b2273686f70222c222f686f6d65225d2c22726f757465223a5b302c302c305d2c22726f75746573223a5b222f225d7d0a7b2274696d65223a22323032362d31312d32305431303a30303a30302e3030305a222c226c6576656c223a224552524f52222c227365766572697479223a34302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f206661696c65643a2062726f6b656e207a222c22726571756573745f6964223a2230316132323031342d343762302d373435632d393733332d316239393837383165383364222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323031342d343762302d376265662d613064312d326432373036313735376264222c22736571223a312c22696e7374616e6365223a22686f73742d313a3432222c226572726f725f6964223a2230316132323031342d343762302d373136612d383830322d366438646230356662323066222c22737461747573223a3530302c226572726f72223a7b2274797065223a22547970654572726f72222c226d657373616765223a2262726f6b656e207a227d2c22656e7669726f6e6d656e74223a2270726f64756374696f6e222c2275736572223a7b226964223a22616461227d2c2274616773223a7b226f73223a224c696e7578227d2c2272656c65617365223a227234227d097b226b6579223a227a222c2274797065223a22547970654572726f72222c227469746c65223a2262726f6b656e207a222c226c6f636174696f6e223a2268616e646c657220286d6f64756c65732f686f6d652e747329227d0a7b2274696d65223a22323032362d31312d32305431303a30303a30302e3030315a222c226c6576656c223a22494e464f222c227365766572697479223a32302c227376635f6e616d65223a2273686f70222c226d657373616765223a22474554202f20323030222c22726571756573745f6964223a2230316132323031342d343762302d373463662d623664372d643865373461653165653561222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323031342d343762302d376265662d613064312d326432373036313735376264222c22736571223a322c22696e7374616e6365223a22686f73742d313a3432222c22656e7669726f6e6d656e74223a2270726f64756374696f6e227d0a7b2274696d65223a22323032362d31312d32305431303a30303a30302e3030325a222c226c6576656c223a22494e464f222c227365766572697479223a32302c227376635f6e616d65223a222f686f6d65222c226d657373616765223a22696e20746865207461696c222c22726571756573745f6964223a2230316132323031342d343762662d373561652d386562352d346331643331373938303164222c226d6574686f64223a22474554222c22726f757465223a222f222c2270617468223a222f3f757365725f747970653d6775657374222c22626f6f745f6964223a2230316132323031342d343762302d376265662d613064312d326432373036313735376264222c22736571223a332c22696e7374616e6365223a22686f73742d313a3432227d');

delete from log_filters;
insert into log_filters (stripe, block, bits) values
(0, 1, X'228141888815b08c445a07502d2412a419c841a04019386800a2550b16401c74'),
(0, 2, X'008040800004004000000400000420080d004881400100a00080140300420424'),
(1, 1, X'80664800510402c544801415bd720aa047300d26c34499a9620ff557ac21c331'),
(1, 2, X'905242805100008404081010301002820430010002008808420141100c008104'),
(2, 1, X'1593004255c8a00f9982720207040ea719c30845d081770547040f469108d48b'),
(2, 2, X'40000490100106000604400400040080130004048230182640100c0808089410'),
(3, 1, X'92beaeba4962438201b240d39e00e083b3c8b1839a0936606110109084684288'),
(3, 2, X'00862a80082200820090005020000083224210020000a0080000040000000080'),
(4, 1, X'5c80460404c4476c4906ea604d50ca041683902106f2104d3319008830108907'),
(4, 2, X'16880224000000464180a840131080a40440826024b01400121480900010902e'),
(5, 1, X'2aa00da8240118004d448e04c02525248b19530a80d42e0665858842b7285c87'),
(5, 2, X'00a1002120011810284084440001000402a90002005002014110080286011c0a'),
(6, 1, X'058809d21012088242c0260c8350840e809548901e40c30c5410090396418a00'),
(6, 2, X'0100012202000080020001242100000400004001480002005400084080008000'),
(7, 1, X'268392a44f501d100c029800c2aa08881061542294044a04b4090a4041063000'),
(7, 2, X'00838206404001100800006282080800006140000402140024000a0005016010'),
(8, 1, X'60210a4717000a6560e204d8c9f456d40662e807165dc3704350c189010529b6'),
(8, 2, X'20014840818002616022004880083080004068080418a1300058c3900008084c'),
(9, 1, X'9b1a7d048c2032426244cb050d129d35909260b92264ed351be0d8ca0b4d4002'),
(9, 2, X'11080484082002021404a001001a882400840800000027000024100241090000'),
(10, 1, X'92fc07ca121c4fe2ab456d37554626d63e86bc54cfadaaa01078942b912d3910'),
(10, 2, X'000800e801402be009014831308000848c001451860e80204008802810082100'),
(11, 1, X'6001d616007e6212db80d00943184b83019e4003e98156000c2471a0a0c2c364'),
(11, 2, X'0080008120708334340000a01001cb00c0c00010040110000c2006a300020510'),
(12, 1, X'9c831a2a12730800007c475f9828506428500807c1fb878525805c0738812435'),
(12, 2, X'9c82000000200000004008500028508020500001010090800100180000042000'),
(13, 1, X'0806786249ba4aa23800282a6446221a81a0dab14234b2964429940a0081d088'),
(13, 2, X'00438802000880804000000a64c40a3090600a30302080600400000000080080'),
(14, 1, X'51a01cc0049114090715502460102600e000ac40940e59b50225250180103208'),
(14, 2, X'0020080020000000000102804000000000008000046000000025010180002000'),
(15, 1, X'bc0536860034a222e6807800208f282d0ce82d8014490324f3a18eaa97a23855'),
(15, 2, X'000505850020a0a044001805008f1000048c09c00449018031a0840880821840');

delete from log_seen;
insert into log_seen (boot_id, part, bits, seen_at) values
('01a21f06-7a0a-71b0-8114-aa0c689bb963', -1, X'', 1795834529000),
('01a21f06-7a0a-71b0-8114-aa0c689bb963', 0, X'fe3f', 1795834529677),
('01a21f06-7a0a-7be7-b084-6a755b952285', -1, X'', 1795834529000),
('01a21f06-7a0a-7be7-b084-6a755b952285', 0, X'06', 1795834529677),
('01a22014-47b0-7bef-a0d1-2d27061757bd', 0, X'0e', 1795834529713),
('01a22151-a514-750b-9419-d2152b22c2bf', 0, X'3e', 1795855328536),
('01a22151-a550-7464-9175-8f5abb61d38a', 0, X'02', 1795855328592),
('01a22151-a586-77d3-9169-0dcc3ac912a5', 0, X'02', 1795855328646),
('01a22151-a5a4-7ea2-b8e4-5ac58372ba1d', 0, X'feffff0f', 1795855328716);

delete from log_state;
insert into log_state (only, writes) values
(1, 1000000008);

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
(1795165200012000, 'GET / failed: no cart /home  GET /?user_type=guest r1 TypeError  no cart  level svcname2home route2 id01a21f067b677ed6ab3d48905f6ef3b2 id01a21f067b677ed99396e336dda683a1'),
(1795165200012001, 'GET / failed: broken z shop  GET /?user_type=guest r4 production {"id":"ada"} {"os":"Linux"} TypeError  broken z  level svcnameshop route2 id01a2201447b0745c97331b998781e83d id01a2201447b0716a88026d8db05fb20f'),
(1795165200012002, 'GET / failed: gone again shop  GET /?user_type=guest r5 production {"id":"ada"} TypeError  gone again  level svcnameshop route2 id01a22151a514799ca766bad9c7004440 id01a22151a51475b5ab2dd7beed8c396c'),
(1795165200012003, 'GET / failed: rising shop  GET /?user_type=guest r5 TypeError  rising  level svcnameshop route2 id01a22151a51476bc99d454046d3f8bbe id01a22151a51474be88ae951820cfdffb'),
(1795165200012004, 'GET / failed: gone again shop  GET /?user_type=guest r6 TypeError  gone again  level svcnameshop route2 id01a22151a5507901817926e263036aa5 id01a22151a5507fd5a6d707ba75e836ba'),
(1795165200012005, 'GET / failed: gone again shop  GET /?user_type=guest r7 TypeError  gone again  level svcnameshop route2 id01a22151a5867c1395babdb8c269973a id01a22151a586780c9cba401c71258dbf'),
(1795165200012006, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5a47bb591b95c9c675fe887 id01a22151a5a479efb43131184ae68032'),
(1795165200012007, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5a57a488f47cc243821d33d id01a22151a5a470028212c56fc652b0e3'),
(1795165200012008, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5a872d5be297e8606431ed8 id01a22151a5a57197b2d58f05e89a4aca'),
(1795165200012009, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5a97554a27e2cb5fae3ea3f id01a22151a5a87f41af91d18b972a3b5f'),
(1795165200012010, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5aa7cc3ba545f18ac67ba45 id01a22151a5a973a29ea568d8de40a573'),
(1795165200012011, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5ab7657840184e6e9218d41 id01a22151a5aa73b38a77eff39e6b5c30'),
(1795165200012012, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5b17c68ba28f755b4f69723 id01a22151a5ab782db7c6c1d29abbe6d8'),
(1795165200012013, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5b17130a6c84ab1c7a5e536 id01a22151a5b1729da4e7d8ebab796cf8'),
(1795165200012014, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5b275ddb078295b641f2bfe id01a22151a5b174e496e3a618433278b2'),
(1795165200012015, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5b37f76b1f7b14b2bb0919e id01a22151a5b27b018588c15b248553cf'),
(1795165200012016, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5b579e49b2b219f9538a776 id01a22151a5b374469b62019656ee40b9'),
(1795165200012017, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5b57b1cb0277eb621022d27 id01a22151a5b577eba378f32919b1ad93'),
(1795165200012018, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5b671d297fa8ade7a6a32aa id01a22151a5b57eb99dc7b5445f5c0754'),
(1795165200012019, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5b77457bd3f1c3dea9f9714 id01a22151a5b6717e8d7c2711ac01b8c8'),
(1795165200012020, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5bc7f9aa12ded9033daa0d3 id01a22151a5b771b997320be537aebe0a'),
(1795165200012021, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5bc7d328d32320e9c043837 id01a22151a5bc7ca58daaa2c7a5b0baee'),
(1795165200012022, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5bd736ea9128fcd6c136d4c id01a22151a5bc76c398bd50f238887c97'),
(1795165200012023, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5be762fa3765bfd7b460709 id01a22151a5bd7e7eb3f958f5af8f4fd0'),
(1795165200012024, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5bf7f759f343073b77dfc9f id01a22151a5be77159399d49fbbceedf2'),
(1795165200012025, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5c67072be9d96d6aee5f89a id01a22151a5bf7054af900a010d99fcff'),
(1795165200012026, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5c77bd0907886fd7244a125 id01a22151a5c77ee9aaa13a5b6c602de1'),
(1795165200012027, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5c87f90a222b0d0e790425b id01a22151a5c77414ac614794b12e2d30'),
(1795165200012028, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5c9746394430b8a680924c5 id01a22151a5c875e4a572d90ad921e893'),
(1795165200012029, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5cb78f3bd1210c40b09077c id01a22151a5c9717faee9027f1247f088'),
(1795165200012030, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5cc7bec943e7388cb4c397e id01a22151a5cc747a8c2860e5e2b9447e'),
(1795165200012031, 'GET / failed: rising shop  GET /?user_type=guest r7 TypeError  rising  level svcnameshop route2 id01a22151a5e57908b56889be8b1d09f4 id01a22151a5e47bb69ada643fffd0b13b');

pragma application_id = 1752132708;
pragma user_version = 7;
