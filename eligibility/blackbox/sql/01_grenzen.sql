-- For every age that a rule asks for: the last day of birth on which it is reached on the peildatum.
-- An anniversary on a day that does not exist falls on the first day after it: adding an interval stops at
-- the end of the month, so a day that changed is one too early. Because a later birth never gives an
-- earlier anniversary, the last day near the plain difference is the last of all.
WITH leeftijd (naam, maanden) AS (
    VALUES ('4', 4 * 12), ('10', 10 * 12), ('12', 12 * 12), ('18', 18 * 12), ('21', 21 * 12)
    UNION ALL
    SELECT 'aow', a.jaren * 12 + a.maanden
    FROM blackbox.run_instelling i
    JOIN blackbox.aow_leeftijd a ON a.jaar = extract(year FROM i.peildatum)
    WHERE i.run = %(run)s
),
dag AS (
    SELECT l.naam, i.peildatum, d::date AS geboren, d + make_interval(months => l.maanden) AS verjaart
    FROM blackbox.run_instelling i
    CROSS JOIN leeftijd l
    CROSS JOIN LATERAL generate_series(
        i.peildatum - make_interval(months => l.maanden) - interval '5 days',
        i.peildatum - make_interval(months => l.maanden) + interval '5 days',
        interval '1 day'
    ) AS d
    WHERE i.run = %(run)s
)
INSERT INTO blackbox.run_grens_%(run)s (run, leeftijd, geboren_tot)
SELECT %(run)s, naam, max(to_char(geboren, 'YYYYMMDD')::integer)
FROM dag
WHERE verjaart::date + (extract(day FROM verjaart) <> extract(day FROM geboren))::integer <= peildatum
GROUP BY naam;
