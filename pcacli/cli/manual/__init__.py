"""Man pages in man(7), generated from the declarations."""
