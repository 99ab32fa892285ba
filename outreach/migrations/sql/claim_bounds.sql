-- A claim is one's own to take, to lengthen and to give back. Of another's nothing changes until it is over; background
-- work, and who lets a colleague leave, ends what is there. The clock is that of the moment, not of the beginning of
-- the transaction: a claim may end in between. A few minutes more than the longest are for clocks that differ.
DROP POLICY bezig ON outreach_claim;
CREATE POLICY bezig ON outreach_claim FOR SELECT TO web USING ((SELECT public.ziet_mensen()));
CREATE POLICY zelf_bezig ON outreach_claim FOR INSERT TO web
  WITH CHECK ((SELECT public.ziet_mensen())
              AND (by_id::text = (SELECT nullif(current_setting('bereik.actor', true), ''))
                   OR (SELECT coalesce(current_setting('bereik.soort', true), '') = 'systeem'))
              AND until <= clock_timestamp() + interval '8 hours 5 minutes'
              AND EXISTS (SELECT FROM outreach_household h WHERE h.id = household_id));
CREATE POLICY zelf_of_voorbij ON outreach_claim FOR UPDATE TO web
  USING ((SELECT public.ziet_mensen())
         AND (by_id::text = (SELECT nullif(current_setting('bereik.actor', true), ''))
              OR until <= clock_timestamp()
              OR (SELECT coalesce(current_setting('bereik.soort', true), '') = 'systeem')))
  WITH CHECK ((SELECT public.ziet_mensen())
              AND (by_id::text = (SELECT nullif(current_setting('bereik.actor', true), ''))
                   OR (SELECT coalesce(current_setting('bereik.soort', true), '') = 'systeem'))
              AND until <= clock_timestamp() + interval '8 hours 5 minutes'
              AND EXISTS (SELECT FROM outreach_household h WHERE h.id = household_id));
REVOKE UPDATE ON outreach_claim FROM web;
GRANT UPDATE (household_id, by_id, taken_at, until) ON outreach_claim TO web;
