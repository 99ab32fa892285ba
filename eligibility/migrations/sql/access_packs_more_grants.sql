-- To whom a grant or a name went has a name.
GRANT SELECT ON letters_payingadministration TO bereik_eigenaar;
