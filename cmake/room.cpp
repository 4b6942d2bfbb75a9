// Empty on purpose: gives a room of headers only an object file.
