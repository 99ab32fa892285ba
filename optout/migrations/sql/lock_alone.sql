-- What holds of somebody's wishes is written by the mirror, from what was registered, and by nobody else: a page that
-- could write it could let itself approach who opted out. To lock a row one needs the right to change a column of it
-- (SELECT ... FOR UPDATE, FOR SHARE). That is the key, and the trigger refuses to change that too.
REVOKE UPDATE (no_contact, no_contact_for) ON outreach_person FROM web;
GRANT UPDATE (id) ON outreach_person TO web;
CREATE FUNCTION public.alleen_op_slot() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_user = 'web' THEN
    RAISE EXCEPTION 'a page changes nobody' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER alleen_op_slot BEFORE UPDATE ON outreach_person
  FOR EACH STATEMENT EXECUTE FUNCTION public.alleen_op_slot();
