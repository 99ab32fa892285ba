-- What was registered before is about a regeling where one is named, and about everything where none is.
UPDATE optout_optout SET scope = 'regeling' WHERE regeling_id IS NOT NULL;
