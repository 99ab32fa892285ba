-- The one thing of a household that changes after it came in: that it is protected now.
GRANT UPDATE (confidential) ON outreach_household TO bereik_eigenaar;
