-- What its own walker heard at a door makes no paper wrong: he was there, and the address is done. Said to a colleague,
-- on the telephone or in a list, it does. `Sheet.is_wrong` asks the same.
GRANT SELECT (household_id, by_id, saved_at) ON outreach_gesprek TO bereik_eigenaar;
GRANT SELECT (made_at) ON outreach_sheet TO bereik_eigenaar;
CREATE POLICY papier ON outreach_gesprek FOR SELECT TO bereik_eigenaar USING (true);

SET LOCAL ROLE bereik_eigenaar;
CREATE OR REPLACE FUNCTION poort.meld_papier_wil_niet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM poort.vertel_afdrukken(ARRAY(
    SELECT s.id
    FROM public.outreach_sheet s
    JOIN public.outreach_looplijst l ON l.id = s.looplijst_id
    WHERE s.state = 'in_gebruik' AND l.round_id = NEW.round_id AND s.households @> ARRAY[NEW.household_id]
      AND NOT EXISTS (
        SELECT FROM public.outreach_gesprek g
        WHERE g.household_id = NEW.household_id AND g.saved_at >= s.made_at
          AND g.by_id IN (s.made_by_id, l.assigned_to_id))
      AND poort.wil_niets_meer(NEW.household_id, NEW.round_id)));
  RETURN NULL;
END $$;
RESET ROLE;
