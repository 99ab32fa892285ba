-- Those who take part, with their address, whether they are of age, and whom they name. Naming someone who
-- does not take part, or oneself, is naming nobody.
INSERT INTO blackbox.run_deelnemer
    (run, persoon, vroegst, laatst, adres, partner, ouder1, ouder2, groep, bsn)
SELECT
    %(run)s,
    p.persoon,
    p.vroegst,
    p.laatst,
    COALESCE(p.adres, a.adres),
    NULLIF(partner.persoon, p.persoon),
    ouder1.persoon,
    ouder2.persoon,
    CASE
        WHEN p.laatst <= g.geboren_tot THEN 'volwassen'
        WHEN p.vroegst > g.geboren_tot THEN 'minderjarig'
        ELSE 'onbekend'
    END,
    p.bsn
FROM blackbox.run_persoon p
JOIN blackbox.run_grens g ON g.run = %(run)s AND g.leeftijd = '18'
LEFT JOIN blackbox.run_adres a ON a.run = %(run)s AND a.persoon = p.persoon
LEFT JOIN blackbox.run_persoon partner
    ON partner.run = %(run)s AND partner.bsn = p.partner AND partner.reden IS NULL
LEFT JOIN blackbox.run_persoon ouder1
    ON ouder1.run = %(run)s AND ouder1.bsn = p.ouder1 AND ouder1.reden IS NULL
LEFT JOIN blackbox.run_persoon ouder2
    ON ouder2.run = %(run)s AND ouder2.bsn = p.ouder2 AND ouder2.reden IS NULL
WHERE p.run = %(run)s AND p.reden IS NULL;
