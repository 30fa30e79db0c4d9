/** Keys of other services, and what each brought. Part of version 7. Times are milliseconds, days are days since 1970, in UTC. */
export const KEY_TABLES = `
-- Keys that were made here. Of a secret one only its digest is known; a public one stands in pages anyway.
create table holdfast.intake_keys (
  id text primary key, -- a UUIDv7
  digest text not null unique, -- SHA-256 of the key, in hex
  beginning text not null, -- its first characters
  text text, -- the whole key, where it is public
  service text,
  is_public integer not null,
  note text not null,
  quota bigint, -- records a second; null: what keys of its kind have
  created_at bigint not null,
  created_by text not null,
  last_used_at bigint,
  revoked_at bigint,
  revoked_by text
);

create index intake_keys_by_time on holdfast.intake_keys (created_at, id);
create index intake_keys_valid on holdfast.intake_keys (id) where revoked_at is null;
create index intake_keys_revoked on holdfast.intake_keys (revoked_at)
  where revoked_at is not null;

-- Keys of the environment are counted too, by an id that is made of their digest.
create table holdfast.intake_key_days (
  key text not null,
  day bigint not null,
  taken bigint not null, -- events
  refused bigint not null, -- events
  peak bigint not null, -- events taken in one second, the most
  used_at bigint not null,
  primary key (key, day)
);

create index intake_key_days_by_day on holdfast.intake_key_days (day);

create table holdfast.intake_counts (
  day bigint not null,
  svc_name text not null,
  client text not null, -- as it names itself: sentry.javascript.node/11.12.0
  outcome text not null,
  category text not null,
  reason text not null, -- empty: none
  quantity bigint not null,
  primary key (day, svc_name, client, outcome, category, reason)
);
`;
