-- Who was told in time of a share: the day on which his letter was posted counts. Run as bereik_eigenaar.
-- Writes down who stands in the next file of a share, and gives its lines. Once for the names, after the day of the
-- objections and the margin for the post; afterwards for who objected since. The first row has the number of the file
-- alone; nothing when there is no next file. In the transaction of the caller: without its end
-- (poort.deelbestand_gemaakt) nothing of this stands. A letter counts when it is about an approach that the worker chose.
CREATE OR REPLACE FUNCTION poort.maak_deelbestand(p_deling bigint)
RETURNS TABLE (bestand integer, regel integer, voornamen text, voorvoegsel text, geslachtsnaam text, straat text,
               huisnummer integer, huisletter text, toevoeging text, postcode text, woonplaats text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  d public.letters_share;
  v_nummer integer;
  v_huizen uuid[];
BEGIN
  SELECT * INTO d FROM public.letters_share WHERE id = p_deling AND state IN ('gevraagd', 'gedeeld') FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF d.state = 'gevraagd' THEN
    v_nummer := 1;
    -- Not come back, and posted for the last time long enough before the day that stands on it.
    v_huizen := ARRAY(
      SELECT l.household_id FROM public.letters_letter l
      JOIN public.outreach_approach a ON a.id = l.approach_id
      JOIN public.letters_part p ON p.id = l.part_id
      WHERE l.round_id = d.round_id AND l.kind = 'deelbericht' AND l.rejected = '' AND NOT a.lapsed
        AND a.round_id = d.round_id AND a.household_id = l.household_id AND a.regeling_id = 'kwijtschelding'
        AND l.production = 'verzonden' AND l.delivery <> 'onbestelbaar'
        AND EXISTS (
          SELECT FROM public.letters_letterevent e
          WHERE e.letter_id = l.id AND e.axis = 'productie' AND e.code = 'verzonden' AND e.outcome = 'verwerkt'
          HAVING count(*) > 0 AND (greatest(max(e.occurred_at), p.planned_at) AT TIME ZONE 'Europe/Amsterdam')::date + 14
            <= d.object_before));
    PERFORM poort.houd_vast(v_huizen);
    INSERT INTO public.letters_shareline (share_id, line, household)
      SELECT p_deling, row_number() OVER (ORDER BY h.postcode, h.house_number, h.id), h.id
      FROM public.outreach_household h WHERE h.id = ANY (v_huizen) AND poort.mag_gedeeld(h.id);
  ELSE
    SELECT max(f.number) + 1 INTO v_nummer FROM public.letters_sharefile f WHERE f.share_id = p_deling;
    UPDATE public.letters_shareline l SET recalled_in = v_nummer
      WHERE l.share_id = p_deling AND l.recalled_in IS NULL AND poort.moet_terug(d.round_id, l.household);
    IF NOT FOUND THEN
      RETURN;
    END IF;
  END IF;
  RETURN QUERY SELECT v_nummer, NULL::integer, '', '', '', '', NULL::integer, '', '', '', '';
  RETURN QUERY
    SELECT v_nummer, l.line, p.given_names::text, p.prefix::text, p.family_name::text, h.street::text, h.house_number,
      h.house_letter::text, h.house_suffix::text, h.postcode::text, h.city::text
    FROM public.letters_shareline l
    JOIN public.outreach_household h ON h.id = l.household
    JOIN public.outreach_householdmember m ON m.household_id = h.id AND m.addressee
    JOIN public.outreach_person p ON p.id = m.person_id
    WHERE l.share_id = p_deling AND (v_nummer = 1 OR l.recalled_in = v_nummer)
    ORDER BY l.line;
END $$;
