-- What was told stays told: a page that could mend it could also make a small count be worked out.
REVOKE UPDATE, DELETE ON outreach_reportstand FROM web;
