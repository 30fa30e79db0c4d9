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
