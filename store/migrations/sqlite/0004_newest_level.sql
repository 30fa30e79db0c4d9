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
