-- Who waits for the answer of an organisation changes when he leaves, and by nothing else; the rest of a referral changes
-- with its state alone, as before.
GRANT UPDATE (owner_id, team_id) ON outreach_referral TO web;
DROP TRIGGER stand ON outreach_referral;
CREATE TRIGGER stand BEFORE INSERT OR UPDATE ON outreach_referral FOR EACH ROW
  EXECUTE FUNCTION public.bewaak_stand(
    'gevraagd', 'gevraagd>geaccepteerd gevraagd>geweigerd gevraagd>ingetrokken');

CREATE FUNCTION public.bewaak_overname() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  wie text[] := '{owner_id,team_id}';
  zelfde_wie boolean := (NEW.owner_id, NEW.team_id) IS NOT DISTINCT FROM (OLD.owner_id, OLD.team_id);
  zelfde_rest boolean := to_jsonb(NEW) - wie = to_jsonb(OLD) - wie;
  systeem boolean := coalesce(current_setting('bereik.soort', true), '') = 'systeem';
BEGIN
  IF current_user <> 'web' OR zelfde_wie AND NEW.state <> OLD.state
     OR zelfde_wie AND zelfde_rest OR systeem AND zelfde_rest AND OLD.state = 'gevraagd' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a row of outreach_referral changes with its state alone, or who waits with who leaves'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'overname_bij_vertrek';
END $$;
CREATE TRIGGER overname BEFORE UPDATE ON outreach_referral FOR EACH ROW EXECUTE FUNCTION public.bewaak_overname();
