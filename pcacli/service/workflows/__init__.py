"""Work that takes several actions of the API, composed of nothing else; the same on every backend."""
