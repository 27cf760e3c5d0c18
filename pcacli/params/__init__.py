"""From what the user typed to a request: shorthand, files, JSON and YAML input, blobs, validation, skeletons."""
