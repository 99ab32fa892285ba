-- What the worker of the box may do outside it, and what the pages may not.
GRANT SELECT ON eligibility_bron, eligibility_agreement, eligibility_bronground, eligibility_postcodebuurt TO koppel;
GRANT SELECT, UPDATE ON eligibility_delivery TO koppel;
GRANT SELECT, INSERT, DELETE ON eligibility_rulecount, eligibility_rowproblem TO koppel;
GRANT SELECT, INSERT ON eligibility_deliverykey TO koppel;
GRANT SELECT, UPDATE ON eligibility_run TO koppel;
GRANT SELECT ON eligibility_run_deliveries TO koppel;
GRANT SELECT, INSERT, UPDATE, DELETE ON eligibility_runstep TO koppel;
GRANT USAGE, SELECT ON SEQUENCE eligibility_rulecount_id_seq, eligibility_rowproblem_id_seq,
  eligibility_runstep_id_seq TO koppel;

REVOKE INSERT, UPDATE, DELETE ON eligibility_rulecount, eligibility_rowproblem, eligibility_runstep FROM web;
REVOKE DELETE ON eligibility_delivery, eligibility_run, eligibility_run_deliveries FROM web;
-- A key pair is made by the worker; a page may only take one.
REVOKE INSERT, UPDATE, DELETE ON eligibility_deliverykey FROM web;
GRANT UPDATE (taken) ON eligibility_deliverykey TO web;
-- An optout delivery is registered on people who came out before, by poort.meld_af.
GRANT SELECT, INSERT ON optout_optout TO bereik_eigenaar;
CREATE POLICY lijst ON optout_optout TO bereik_eigenaar USING (true);
-- The handover renews the statistics of what it filled; the right exists since PostgreSQL 17.
DO $$ BEGIN
  IF current_setting('server_version_num')::integer >= 170000 THEN
    GRANT MAINTAIN ON outreach_person, outreach_household, outreach_householdmember, outreach_candidacy,
      outreach_candidacy_persons TO bereik_eigenaar;
  END IF;
END $$;
