-- Under which pack all that is owed was worked out: since 0014 each record says that for itself, and nobody asks this.
drop table owed_under;
