"""One handler for each action of the API; `table.py` names them."""
