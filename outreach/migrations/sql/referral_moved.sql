-- Who waits for the answer of an organisation gives that on and moves its last day, as with a task; who leads him does so
-- too, and who lets him leave passes it on. The rest of a referral changes with its state alone, as before.
-- `handing_over.is_his` says the same.
GRANT UPDATE (due_on) ON outreach_referral TO web;

CREATE OR REPLACE FUNCTION public.bewaak_overname() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  wie text[] := '{owner_id,team_id}';
  zelfde_wie boolean := (NEW.owner_id, NEW.team_id) IS NOT DISTINCT FROM (OLD.owner_id, OLD.team_id);
  zelfde_rest boolean := to_jsonb(NEW) - wie = to_jsonb(OLD) - wie;
  vrij boolean := to_jsonb(NEW) - (wie || 'due_on'::text) = to_jsonb(OLD) - (wie || 'due_on'::text)
    AND OLD.state = 'gevraagd';
  soort text := coalesce(current_setting('bereik.soort', true), '');
BEGIN
  IF current_user <> 'web'
     OR zelfde_wie AND NEW.due_on = OLD.due_on AND NEW.state <> OLD.state
     OR zelfde_wie AND zelfde_rest
     OR soort = 'systeem' AND zelfde_rest AND OLD.state = 'gevraagd'
     OR vrij AND (OLD.owner_id::text = nullif(current_setting('bereik.actor', true), '')
       OR OLD.team_id::text = public.eigen_team()
       OR soort = 'teamleider' AND (public.ziet_overal() OR EXISTS (
         SELECT FROM public.outreach_user u
         WHERE u.id = OLD.owner_id AND u.team_id::text = public.eigen_team()))) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a row of outreach_referral changes with its state alone, or is moved and given on by whose it is'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'overname_bij_vertrek';
END $$;
