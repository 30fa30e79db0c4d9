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
