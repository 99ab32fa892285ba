-- The worker keeps what was told; the pages only look whether it got stuck.
GRANT SELECT, INSERT, UPDATE ON eligibility_factstold TO koppel;
REVOKE INSERT, UPDATE, DELETE ON eligibility_factstold FROM web;
-- Whether a regeling is for a household or for a child.
GRANT SELECT ON outreach_regeling TO bereik_eigenaar;
