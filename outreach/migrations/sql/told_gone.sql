-- Where somebody said that a person died or does not live there, and nobody writes or goes. The one place that says
-- so: pages, rounds, lists and the release of letters ask it. See docs/decisions/0013.
--
-- It follows the adults to their other households, of an older or a newer koppeling, until the BRP says something
-- else: another address, or that one of them died. Only the task for the BRP ends it: dropped everywhere; done for
-- what the BRP says on a later day.
CREATE VIEW public.outreach_toldgone AS
SELECT g.household_id, g.result
FROM public.outreach_gesprek g
WHERE g.result IN ('woont_hier_niet', 'overleden') AND NOT EXISTS (
    SELECT FROM public.outreach_task t
    WHERE t.gesprek_id = g.id AND t.kind = 'terugmelding_brp' AND t.state = 'vervallen')
UNION ALL
SELECT other.id, g.result
FROM public.outreach_gesprek g
JOIN public.outreach_household h ON h.id = g.household_id
JOIN public.outreach_householdmember m ON m.household_id = h.id AND m.adult
JOIN public.outreach_householdmember o ON o.person_id = m.person_id AND o.adult AND o.household_id <> h.id
JOIN public.outreach_household other ON other.id = o.household_id
JOIN public.outreach_handover v ON v.id = other.handover_id
WHERE g.result IN ('woont_hier_niet', 'overleden') AND NOT EXISTS (
    SELECT FROM public.outreach_task t
    WHERE t.gesprek_id = g.id AND t.kind = 'terugmelding_brp' AND (t.state = 'vervallen'
      OR t.state = 'gedaan' AND (t.done_at AT TIME ZONE 'Europe/Amsterdam')::date < v.peildatum))
  AND CASE g.result
    WHEN 'woont_hier_niet' THEN
      (other.postcode, other.house_number, other.house_letter, other.house_suffix)
      = (h.postcode, h.house_number, h.house_letter, h.house_suffix)
    ELSE NOT EXISTS (
      SELECT FROM public.outreach_householdmember d JOIN public.outreach_person p ON p.id = d.person_id
      WHERE d.household_id = h.id AND d.adult AND p.departed = 'overleden')
  END;
-- Keys alone, also of a household that the asker does not see: it may not be approached by him either.
REVOKE ALL ON public.outreach_toldgone FROM web;
GRANT SELECT ON public.outreach_toldgone TO web, bereik_eigenaar;
