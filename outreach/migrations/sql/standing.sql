-- What somebody may do is numbered: a sign-in holds for the number it was made under. Who is put out of a team and back
-- between two requests has the team he had, and another number. By whatever way it is done, and the number only grows.
CREATE FUNCTION public.tel_rechten() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.standing := OLD.standing;
  IF (NEW.role, NEW.team_id, NEW.is_active, NEW.is_superuser, NEW.is_staff)
      IS DISTINCT FROM (OLD.role, OLD.team_id, OLD.is_active, OLD.is_superuser, OLD.is_staff)
     OR pg_trigger_depth() > 1 THEN
    NEW.standing := OLD.standing + 1;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER tel_rechten BEFORE UPDATE ON outreach_user FOR EACH ROW EXECUTE FUNCTION public.tel_rechten();

CREATE FUNCTION public.tel_groepen() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- The trigger of the user sees that this comes from here, and counts.
  UPDATE public.outreach_user SET standing = standing
    WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.user_id ELSE NEW.user_id END;
  RETURN NULL;
END $$;
CREATE TRIGGER tel_groepen AFTER INSERT OR DELETE OR UPDATE ON outreach_user_groups
  FOR EACH ROW EXECUTE FUNCTION public.tel_groepen();
CREATE TRIGGER tel_groepen AFTER INSERT OR DELETE OR UPDATE ON outreach_user_user_permissions
  FOR EACH ROW EXECUTE FUNCTION public.tel_groepen();
