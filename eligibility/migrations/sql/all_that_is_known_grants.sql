-- Who printed a letter or scanned a form has a name, and a grant without a form rests on a text.
GRANT SELECT (id, name) ON letters_vendor TO bereik_eigenaar;
GRANT SELECT (id, vendor_id) ON letters_scandelivery TO bereik_eigenaar;
GRANT SELECT (id, text, dated) ON letters_legalbasis TO bereik_eigenaar;
