-- What Gemeentebelastingen grants: no household is found for it here, and nobody is written to apply.
INSERT INTO outreach_regeling (code, name, summary, conditions, legal_basis, per_child, ambtshalve, closed)
VALUES ('kwijtschelding', 'Kwijtschelding gemeentebelastingen', 'Minder of geen belasting aan de gemeente betalen.',
        'Gemeentebelastingen beslist hierover.', 'Invorderingswet 1990', false, false, true)
ON CONFLICT (code) DO NOTHING;
