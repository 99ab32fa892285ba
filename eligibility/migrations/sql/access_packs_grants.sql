-- What the doors read of the casework when somebody asks what is known about him. They open for the worker alone, and
-- for one request at a time.
DO $$
DECLARE
  tabel text;
BEGIN
  FOREACH tabel IN ARRAY ARRAY['outreach_looplijstitem', 'outreach_gesprek', 'outreach_gesprekoutcome',
    'outreach_situationchange', 'outreach_task', 'outreach_referral', 'outreach_safetyinstruction',
    'outreach_representative', 'outreach_breach', 'letters_letterevent', 'letters_application', 'letters_grant',
    'letters_scan', 'letters_workitem', 'letters_reminderpause'] LOOP
    EXECUTE format('GRANT SELECT ON public.%I TO bereik_eigenaar', tabel);
    EXECUTE format('CREATE POLICY inzage ON public.%I FOR SELECT TO bereik_eigenaar USING (true)', tabel);
  END LOOP;
END $$;
GRANT SELECT ON outreach_organisation TO bereik_eigenaar;
