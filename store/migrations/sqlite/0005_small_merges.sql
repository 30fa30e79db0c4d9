-- Parts of the indexes of words are merged in small steps (merge_words.ts). By itself FTS5 does it in one piece, as large as the
-- index, within somebody's write: the journal took a third of a small store then.
insert into logs_words (logs_words, rank) values ('automerge', 0);
insert into logs_words (logs_words, rank) values ('crisismerge', 1000);
insert into logs_words (logs_words, rank) values ('usermerge', 8);
insert into occurrences_words (occurrences_words, rank) values ('automerge', 0);
insert into occurrences_words (occurrences_words, rank) values ('crisismerge', 1000);
insert into occurrences_words (occurrences_words, rank) values ('usermerge', 8);
