"""Where grades are written: the gradebook, the record, the files that it rests on."""
