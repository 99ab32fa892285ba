-- What says that something is there to be held.
GRANT SELECT (id, state, settled, cycle, peildatum) ON eligibility_delivery TO bereik_eigenaar;
GRANT SELECT (id, peildatum) ON eligibility_run TO bereik_eigenaar;
GRANT SELECT (run_id, destroyed_at) ON eligibility_runseal TO bereik_eigenaar;
GRANT SELECT (id, destroyed_at) ON letters_scan TO bereik_eigenaar;
